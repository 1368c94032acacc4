using System.Threading.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// Slows down a caller who tries one public id after the other. An address may ask for a limited number of orders a minute
/// that do not exist, on all routes that take a public id. An order that exists is never refused, so a customer behind the
/// same address is not affected.
/// </summary>
public sealed class UnknownIds(Settings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext?> _misses = PartitionedRateLimiter.Create<HttpContext?, string>(
        http => ClientAddress.PerMinute(http, settings.UnknownIdsPerMinute));

    /// <summary>The refusal of an id that no order has: not found or, after too many of them, when to try again.</summary>
    public Refusal Count(HttpContext? http)
    {
        using var lease = _misses.AttemptAcquire(http);
        if (lease.IsAcquired)
            return Refusal.NotFound;
        if (http is { Response.HasStarted: false })
            http.Response.SetRetryAfter(lease);
        return new(
            Reason.TooManyRequests,
            "Too many orders were asked for that are not there. Wait a moment, then try again with the link that the shop sent.");
    }

    public void Dispose() => _misses.Dispose();
}
