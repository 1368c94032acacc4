using System.Threading.Channels;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>One listener's queue of announcements and heartbeats.</summary>
public sealed class Subscription(int patience, Action<Subscription> leave) : IDisposable
{
    private readonly Channel<FeedItem> _queue = Channel.CreateBounded<FeedItem>(
        new BoundedChannelOptions(patience) { SingleReader = true });

    private Action<Subscription>? _leave = leave;

    /// <summary>The queue's items, in order. Ends with <see cref="TooSlowException"/> where the listener fell too far behind.</summary>
    public IAsyncEnumerable<FeedItem> ReadAllAsync(CancellationToken cancellationToken) => _queue.Reader.ReadAllAsync(cancellationToken);

    internal void Enqueue(FeedItem item)
    {
        if (!_queue.Writer.TryWrite(item))
            _queue.Writer.TryComplete(new TooSlowException());
    }

    internal void End() => _queue.Writer.TryComplete();

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke(this);
}

/// <summary>The listener cannot keep up. It is disconnected, so that it misses nothing: it resumes after what it saw last.</summary>
public sealed class TooSlowException() : Exception("The client cannot keep up with the events.");
