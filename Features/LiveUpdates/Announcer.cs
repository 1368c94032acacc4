using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// Tells all listeners what was committed, in commit order. After each commit it reads the new audit rows and hands them
/// to the listeners. It costs a writer nothing. A crash in between loses nothing, because the rows stay.
/// </summary>
public sealed class Announcer(
    Database database, TimeProvider clock, Settings settings, ILogger<Announcer> log, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const int Page = 500;
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ImmutableHashSet<Subscription>> _channels = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly int _patience = settings.LiveBuffer;
    private readonly LiveMetrics _metrics = new();
    private long _last;
    private long _committedAt; // of the first commit that is not announced yet; zero where there is none

    /// <summary>Starts to listen to a channel. A listener that is <c>StoreFlow:LiveBuffer</c> announcements behind is cut off.</summary>
    public Subscription Subscribe(string channel)
    {
        var subscription = new Subscription(_patience, leave: self => Leave(channel, self));
        _channels.AddOrUpdate(channel, [subscription], (_, others) => others.Add(subscription));
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            subscription.End();
        return subscription;
    }

    private void Leave(string channel, Subscription subscription)
    {
        var left = _channels.AddOrUpdate(channel, [], (_, others) => others.Remove(subscription));
        if (left.IsEmpty)
            _channels.TryRemove(KeyValuePair.Create(channel, left));
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _last = database.Read(db => db.ExecuteScalar<long>("SELECT COALESCE(MAX(id), 0) FROM audit_log"));
        database.Committed += Wake;
        _metrics.Watch(() => _channels.Select(channel => (channel.Key, channel.Value.Count)));
        // Open streams would delay the server's stop, so they end as soon as it begins.
        lifetime.ApplicationStopping.Register(() => Everyone(subscription => subscription.End()));
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        database.Committed -= Wake;
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(AnnounceAsync(cancellationToken), SendHeartbeatsAsync(cancellationToken));

    private void Wake()
    {
        Failpoint.Reach("committed");
        Interlocked.CompareExchange(ref _committedAt, Stopwatch.GetTimestamp(), 0);
        if (_news.CurrentCount == 0)
            _news.Release();
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _news.WaitAsync(cancellationToken);
            try
            {
                var committedAt = Interlocked.Exchange(ref _committedAt, 0);
                while (AnnouncePage(committedAt) == Page)
                {
                    // There is more.
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.LogError(fault, "The audit log could not be read; it is tried again in a second. Nothing is lost.");
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
                Wake();
            }
        }
    }

    private int AnnouncePage(long committedAt)
    {
        var news = database.Read(db => Announcement.Read(db, "WHERE a.id > @_last ORDER BY a.id LIMIT +@Page", new { _last, Page }));
        if (news.Count > 0)
            Failpoint.Reach("announcing");
        foreach (var (auditId, read) in news)
        {
            var announcement = read with { CommittedAt = committedAt };
            using var trace = EventTraces.Announce(announcement);
            Publish(Channels.Store(announcement.StoreId), announcement);
            if (!Failpoint.IsPlanted("customer not told"))
                Publish(Channels.Customer(announcement.PublicId), announcement);
            _last = auditId;
        }
        return news.Count;
    }

    private void Publish(string channel, Announcement announcement)
    {
        if (_channels.TryGetValue(channel, out var listeners))
            foreach (var listener in listeners)
                listener.Enqueue(announcement);
    }

    private async Task SendHeartbeatsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(HeartbeatPeriod, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            Everyone(subscription => subscription.Enqueue(Heartbeat.Instance));
    }

    public override void Dispose()
    {
        _metrics.Dispose();
        base.Dispose();
    }

    private void Everyone(Action<Subscription> action)
    {
        foreach (var subscription in _channels.Values.SelectMany(listeners => listeners))
            action(subscription);
    }
}

/// <summary>The channels of section 12. A client never names one: the server decides who listens to which.</summary>
public static class Channels
{
    public static string Store(long storeId) => $"store.{storeId}.orders";

    public static string Customer(string publicId) => $"customer.{publicId}.order";

    /// <summary>Nothing is announced here: its listeners only get heartbeats.</summary>
    public static string Person(long userId) => $"user.{userId}";

    /// <summary><c>store</c>, <c>customer</c> or <c>person</c>.</summary>
    public static string KindOf(string channel) => channel[0] switch
    {
        's' => "store",
        'c' => "customer",
        _ => "person",
    };
}

/// <summary>One listener's queue of announcements and heartbeats.</summary>
public sealed class Subscription(int patience, Action<Subscription> leave) : IDisposable
{
    private readonly Channel<FeedItem> _queue = Channel.CreateBounded<FeedItem>(
        new BoundedChannelOptions(patience) { SingleReader = true });

    /// <summary>The queue's items, in order. Ends with <see cref="TooSlowException"/> where the listener fell too far behind.</summary>
    public IAsyncEnumerable<FeedItem> ReadAllAsync(CancellationToken cancellationToken) => _queue.Reader.ReadAllAsync(cancellationToken);

    internal void Enqueue(FeedItem item)
    {
        if (!_queue.Writer.TryWrite(item))
            _queue.Writer.TryComplete(new TooSlowException());
    }

    internal void End() => _queue.Writer.TryComplete();

    public void Dispose() => leave(this);
}

/// <summary>The listener cannot keep up. It is disconnected, so that it misses nothing: it resumes after what it saw last.</summary>
public sealed class TooSlowException() : Exception("The client cannot keep up with the events.");
