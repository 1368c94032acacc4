using System.Threading.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// Slows down who asks for one public id after the other: so many orders that are not there a minute for an address,
/// over all that takes a public id. Nobody is refused an order that is there, so a customer behind the same address is not hurt.
/// </summary>
public sealed class UnknownIds(IConfiguration configuration) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext?> _misses = PartitionedRateLimiter.Create<HttpContext?, string>(
        http => ClientAddress.PerMinute(http, configuration.GetValue("StoreFlow:UnknownIdsPerMinute", 30)));

    /// <summary>The refusal of an id that no order has: not found or, to who asked for too many, when to try again.</summary>
    public Refusal Count(HttpContext? http)
    {
        using var lease = _misses.AttemptAcquire(http);
        if (lease.IsAcquired)
            return Refusal.NotFound;
        if (http is { Response.HasStarted: false })
            http.Response.SetRetryAfter(lease);
        return new(Reason.TooManyRequests, "Too many orders were asked for that are not there. Wait a moment, then try again with the link that the shop sent.");
    }

    public void Dispose() => _misses.Dispose();
}
