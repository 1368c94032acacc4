using System.Threading.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>How many may follow one order at once, by its public id, over event streams and the hub together.</summary>
public sealed class OrderListeners : IDisposable
{
    private const int AtOnce = 10;

    private readonly PartitionedRateLimiter<string> _orders = PartitionedRateLimiter.Create<string, string>(
        publicId => RateLimitPartition.GetConcurrencyLimiter(publicId, _ => new() { PermitLimit = AtOnce }));

    /// <summary>The answer to a listener over the limit.</summary>
    public static Refusal Refusal { get; } = new(
        Reason.TooManyRequests,
        "This order is open in too many places at once. Close one of them, or wait a moment, then try again.");

    /// <summary>A place to listen from. It is free again when it is disposed of, and refused where all are taken.</summary>
    /// <param name="publicId">The id of an order that exists, as the order has it.</param>
    public RateLimitLease Add(string publicId) => _orders.AttemptAcquire(publicId);

    public void Dispose() => _orders.Dispose();
}
