using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Polly;
using Polly.CircuitBreaker;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>
/// Tells the destinations what the audit log says. For each it makes deliveries from its cursor on and sends them: at least once,
/// in order for each order, one at a time for one destination. Both are rows, so a kill at any point loses nothing.
/// </summary>
internal sealed class Relay(Database database, TimeProvider clock, IEnumerable<IChannel> channels, ILogger<Relay> log) : BackgroundService
{
    private const int Page = 500; // rows of the log that are turned into deliveries in one write

    // Commits that come together share one write of the relay, so that it costs the steps next to nothing.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly DeliveryMetrics _metrics = new(database);
    private readonly SemaphoreSlim _news = new(0);
    private readonly Dictionary<DestinationKind, IChannel> _channels = channels.ToDictionary(channel => channel.Kind);
    private readonly ConcurrentDictionary<long, Task> _workers = new();
    private readonly ConcurrentDictionary<long, ResiliencePipeline<SendResult>> _breakers = new();
    private readonly ConcurrentDictionary<long, DateTimeOffset> _pausedUntil = new();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        database.Committed += Wake;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        database.Committed -= Wake;
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_workers.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _metrics.Dispose();
        base.Dispose();
    }

    private void Wake()
    {
        if (_news.CurrentCount == 0)
            _news.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var sleep = LongestSleep;
            try
            {
                while (await MakeDeliveriesAsync())
                {
                    // There is more.
                }
                sleep = StartWorkers(cancellationToken);
            }
            catch (Exception fault) when (fault is BusyException or SqliteException)
            {
                log.LogWarning("Deliveries could not be made; they are tried again in a minute. Nothing is lost. {Why}", fault.Message);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                log.LogError(fault, "Deliveries could not be made; they are tried again in a minute. Nothing is lost.");
            }
            using (clock.CreateTimer(_ => Wake(), null, sleep, Timeout.InfiniteTimeSpan))
                await _news.WaitAsync(cancellationToken);
            await Task.Delay(Gathering, clock, cancellationToken);
        }
    }

    /// <summary>Turns one page of the log into deliveries, and moves the cursor in the same transaction.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> MakeDeliveriesAsync()
    {
        var behind = database.Read(db => db.Query<(long DestinationId, long StoreId, long Cursor)>(BehindSql).AsList());
        if (behind.Count == 0)
            return false;
        var pages = database.Read(db => behind.Select(of => (
            Of: of,
            Destination: Destination.Find(db, of.DestinationId),
            News: Announcement.Read(
                db, "WHERE a.store_id = @StoreId AND a.sequence > @Cursor ORDER BY a.sequence LIMIT +@Page",
                new { of.StoreId, of.Cursor, Page }))).ToList());
        await database.WriteAsync(db =>
        {
            var now = clock.Now();
            foreach (var (of, destination, news) in pages)
            {
                if (destination is null || news.Count == 0 || db.Execute(MoveSql, new
                {
                    of.DestinationId,
                    of.StoreId,
                    of.Cursor,
                    to = news[^1].Announcement.Sequence,
                }) == 0)
                    continue;
                foreach (var (_, announcement) in news)
                    foreach (var told in _channels[destination.Kind].EventsOf(destination, announcement))
                        Delivery.Make(db, of.DestinationId, of.StoreId, announcement.Sequence, announcement.OrderId, told, now);
            }
            return true;
        });
        return true;
    }

    /// <summary>Has each destination worked off that has something due.</summary>
    /// <returns>How long until the next is due.</returns>
    private TimeSpan StartWorkers(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var next = now + LongestSleep;
        foreach (var (destination, at) in database.Read(Delivery.Waiting))
        {
            var due = _pausedUntil.TryGetValue(destination, out var paused) && paused > at ? paused : at;
            if (due > now)
                next = due < next ? due : next;
            else if (!_workers.TryGetValue(destination, out var worker) || worker.IsCompleted)
                _workers[destination] = Task.Run(() => WorkAsync(destination, cancellationToken), CancellationToken.None);
        }
        return next - now;
    }

    private async Task WorkAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested
                && database.Read(db => Delivery.NextDue(db, id, clock.Now())) is { } delivery
                && database.Read(db => Destination.Find(db, id)) is { } destination)
                await TryAsync(_channels[destination.Kind], destination, delivery, cancellationToken);
        }
        catch (BrokenCircuitException broken)
        {
            _pausedUntil[id] = clock.Now() + (broken.RetryAfter ?? TimeSpan.FromMinutes(1));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(fault, "Deliveries to destination {Destination} stopped; they go on in a minute. Nothing is lost.", id);
            _pausedUntil[id] = clock.Now() + TimeSpan.FromMinutes(1);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            _workers.TryRemove(id, out _);
            Wake(); // something may have become due meanwhile
        }
    }

    private async Task TryAsync(IChannel channel, Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        var (began, watch) = (clock.Now(), Stopwatch.GetTimestamp());
        Failpoint.Reach("delivering");
        var result = await _breakers.GetOrAdd(destination.Id, _ => Breaker()).ExecuteAsync(
            async stopping => await channel.SendAsync(destination, delivery, stopping), cancellationToken);
        Failpoint.Reach("delivered");
        DeliveryMetrics.Tried(destination.Kind, arrived: result.Fault is null);
        var attempt = new Delivery.Attempt
        {
            BeganAt = began,
            Milliseconds = (long)Stopwatch.GetElapsedTime(watch).TotalMilliseconds,
            Answer = result.Answer,
            Fault = result.Fault,
        };
        // Who wants nothing more is switched off; what it refused waits there, for the day on which it is switched on again.
        var again = result.Fault is null || result.IsFinal ? null : result.IsGone ? clock.Now() : Retries.Next(
            delivery.CreatedAt, clock.Now(), Retries.Pause(delivery.Attempts + 1, Random.Shared.NextDouble(), result.After));
        await database.WriteAsync(db =>
        {
            delivery.Record(
                db, attempt, result.Fault is null ? DeliveryStatus.Sent : again is null ? DeliveryStatus.Failed : DeliveryStatus.Waiting,
                again);
            if (result.IsGone)
                Destination.Switch(db, destination.Id, active: false, skipMissed: false, because: result.Fault);
            return true;
        });
    }

    // A receiver from which nothing comes back is left alone for a minute at a time, instead of each waiting delivery in turn.
    private ResiliencePipeline<SendResult> Breaker() => new ResiliencePipelineBuilder<SendResult> { TimeProvider = clock }
        .AddCircuitBreaker(new()
        {
            ShouldHandle = tried => ValueTask.FromResult(tried.Outcome.Result?.Fault is not null),
            FailureRatio = 1,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromMinutes(1),
        })
        .Build();

    // Not the last row of the log but whether there is one: the index answers that without a look at the table.
    private const string BehindSql = """
        SELECT s.destination_id, s.store_id, s.cursor
          FROM destinations d
          JOIN destination_stores s ON s.destination_id = d.id
         WHERE d.active = 1 AND d.removed_at IS NULL
           AND EXISTS (SELECT 1 FROM audit_log a WHERE a.store_id = s.store_id AND a.sequence > s.cursor)
        """;

    private const string MoveSql = """
        UPDATE destination_stores SET cursor = @to
         WHERE destination_id = @DestinationId AND store_id = @StoreId AND cursor = @Cursor
        """;
}
