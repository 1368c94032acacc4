using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// Keeps one stranger from filling a shop with orders: so many checkouts a minute for an address. Staff's own scripts
/// are not limited, nor is this machine itself, which is where a reverse proxy's callers without a forwarded address come from.
/// </summary>
public static class CheckoutLimit
{
    public const string Policy = "checkout";

    public static void Configure(RateLimiterOptions options, IConfiguration configuration)
    {
        var perMinute = configuration.GetValue("StoreFlow:CheckoutsPerMinute", 60);
        options.AddPolicy(Policy, http =>
            http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address) || Actor.From(http.User) is not null
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter($"{address}", _ => new()
                {
                    TokenLimit = perMinute,
                    TokensPerPeriod = Math.Max(1, perMinute / 6),
                    ReplenishmentPeriod = TimeSpan.FromSeconds(10),
                }));
    }
}
