using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// Tells all listeners what was committed, in the commit order of each store. After each commit it reads the new audit rows of
/// the stores that somebody listens to and hands them to the listeners. It costs a writer nothing. A crash in between loses
/// nothing, because the rows stay.
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
    private readonly StorePositions _positions = new(storeId => database.Read(db => AuditLog.LatestSequence(db, storeId)));
    private long _committedAt; // of the first commit that is not announced yet; zero where there is none

    /// <summary>Starts to listen to a channel. A listener that is <c>StoreFlow:LiveBuffer</c> announcements behind is cut off.</summary>
    /// <param name="channel">One of <see cref="Channels"/>.</param>
    /// <param name="storeId">The store whose log is announced there; null where nothing is. What it has by now is not announced.</param>
    public Subscription Subscribe(string channel, long? storeId)
    {
        var subscription = new Subscription(_patience, leave: self => Leave(channel, storeId, self));
        try
        {
            // In the channel first: from the position on it then misses nothing.
            _channels.AddOrUpdate(channel, [subscription], (_, others) => others.Add(subscription));
            if (storeId is { } store)
                _positions.Enter(store);
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            subscription.End();
        return subscription;
    }

    private void Leave(string channel, long? storeId, Subscription subscription)
    {
        var left = _channels.AddOrUpdate(channel, [], (_, others) => others.Remove(subscription));
        if (left.IsEmpty)
            _channels.TryRemove(KeyValuePair.Create(channel, left));
        if (storeId is { } store)
            _positions.Leave(store);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
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
        var isLogged = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            await _news.WaitAsync(cancellationToken);
            try
            {
                var committedAt = Interlocked.Exchange(ref _committedAt, 0);
                while (AnnouncePages(committedAt))
                {
                    // There is more.
                }
                isLogged = false;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                if (!isLogged)
                    log.LogError(fault, "The audit log could not be read; it is tried again each second. Nothing is lost.");
                isLogged = true;
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
                Wake();
            }
        }
    }

    /// <summary>Announces a page of each store that has news.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool AnnouncePages(long committedAt)
    {
        var positions = _positions.Snapshot();
        var isFull = false;
        foreach (var storeId in WithNews(positions))
            isFull |= AnnouncePage(storeId, positions[storeId], committedAt) == Page;
        return isFull;
    }

    /// <summary>The stores with news. A single store is not asked for: to read its news costs as much.</summary>
    private IEnumerable<long> WithNews(Dictionary<long, long> positions) => positions.Count > 1
        ? database.Read(db => db.Query<long>(NewsSql, new { positions = JsonSerializer.Serialize(positions) }).AsList())
        : positions.Keys;

    // One look into the index for each store. Joined with the log, PostgreSQL would walk through the whole log of these stores.
    internal const string NewsSql = """
        SELECT CAST(p.key AS BIGINT)
          FROM json_each(@positions) p
         WHERE (SELECT MAX(sequence) FROM audit_log WHERE store_id = CAST(p.key AS BIGINT)) > CAST(p.value AS BIGINT)
        """;

    private int AnnouncePage(long storeId, long after, long committedAt)
    {
        var news = database.Read(db => Announcement.OfStore(db, storeId, after, Page));
        if (news.Count > 0)
            Failpoint.Reach("announcing");
        foreach (var read in news)
        {
            var announcement = read with { CommittedAt = committedAt };
            using var trace = EventTraces.Announce(announcement);
            Publish(Channels.Store(storeId), announcement);
            if (!Failpoint.IsPlanted("customer not told"))
                Publish(Channels.Customer(announcement.PublicId), announcement);
            _positions.Advance(storeId, announcement.Sequence);
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
