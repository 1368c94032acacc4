using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// Keeps one stranger from filling a shop with orders: so many checkouts a minute for an address. Staff's own scripts
/// are not limited.
/// </summary>
public static class CheckoutLimit
{
    public const string Policy = "checkout";

    public static void Configure(RateLimiterOptions options, IConfiguration configuration)
    {
        var perMinute = configuration.GetValue("StoreFlow:CheckoutsPerMinute", 60);
        options.AddPolicy(Policy, http => Actor.From(http.User) is null ? ClientAddress.PerMinute(http, perMinute) : RateLimitPartition.GetNoLimiter(""));
    }
}
