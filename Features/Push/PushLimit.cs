using Microsoft.AspNetCore.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>Limits the changes a minute from one address: each is a write, and anybody with an order's link may send it.</summary>
internal static class PushLimit
{
    public const string Policy = "push";

    private const int PerMinute = 30;

    public static void Configure(RateLimiterOptions options) =>
        options.AddPolicy(Policy, http => ClientAddress.PerMinute(http, PerMinute));
}
