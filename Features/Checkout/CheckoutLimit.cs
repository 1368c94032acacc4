using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// Limits the checkouts a minute from one address, so that a stranger cannot fill a shop with orders. Scripts of staff
/// are not limited.
/// </summary>
public static class CheckoutLimit
{
    public const string Policy = "checkout";

    public static void Configure(RateLimiterOptions options, Settings settings)
    {
        options.AddPolicy(Policy, http => Actor.From(http.User) is null
            ? ClientAddress.PerMinute(http, settings.CheckoutsPerMinute)
            : RateLimitPartition.GetNoLimiter(""));
    }
}
