using System.Collections.Concurrent;

namespace StoreFlow.Bench;

/// <summary>
/// A moving window of open orders, as in a shop's day. Writes come in turn: a new order, then the oldest order of each
/// status goes one step further. So the number of open orders stays the same, and each order is in the window for
/// 300 checkouts. Several connections may use it at the same time.
/// </summary>
internal sealed class OrderWindow
{
    public const int OpenOrders = 300;

    /// <summary>A checkout and four steps; each adds one to the order's version.</summary>
    public const int WritesPerLife = 5;

    private readonly ConcurrentQueue<OpenOrder>[] _byVersion =
        [.. Enumerable.Range(0, WritesPerLife).Select(_ => new ConcurrentQueue<OpenOrder>())];
    private int _taken = -1;

    public OrderWindow(IEnumerable<OpenOrder> open)
    {
        foreach (var order in open)
            Add(order);
    }

    /// <summary>Takes the order whose next step is due out of the window; null if a new order is due.</summary>
    public OpenOrder? TakeNext()
    {
        var version = Interlocked.Increment(ref _taken) % WritesPerLife;
        if (version == 0)
            return null;
        // 75 orders wait at each version, and each connection has at most one of them on its way.
        return _byVersion[version].TryDequeue(out var order)
            ? order
            : throw new InvalidOperationException($"No order waits at version {version}: there are too many connections.");
    }

    /// <summary>Puts an order into the window, as it is after its last write. A finished one is left out.</summary>
    public void Add(OpenOrder order)
    {
        if (order.Version < WritesPerLife)
            _byVersion[order.Version].Enqueue(order);
    }
}
