using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>
/// Tells the destinations what the audit log says. For each it makes deliveries from its cursor on and sends them: at least once,
/// in order for each order, one at a time for one destination. Both are rows, so a kill at any point loses nothing. Of several nodes
/// one does so; each looks after every commit, and within a second or so without any, whether it is the one.
/// </summary>
internal sealed class Relay : BackgroundService
{
    // Commits that come together share one write of the relay, so that it costs the steps next to nothing.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenCleanings = TimeSpan.FromHours(1);
    private static readonly TimeSpan SetBack = TimeSpan.FromMinutes(1); // by less, a clock makes a try late by less than a minute

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IReadOnlyDictionary<DestinationKind, IChannel> _channels;
    private readonly DeliveryMetrics _metrics;
    private readonly DeliveryMaker _maker;
    private readonly DeliverySender _sender;
    private readonly SemaphoreSlim _news = new(0);
    private DateTimeOffset? _lastLook;
    private DateTimeOffset? _lastCleaning;

    public Relay(Database database, TimeProvider clock, IEnumerable<IChannel> channels, ILogger<Relay> log)
    {
        (_database, _clock, _log) = (database, clock, log);
        _channels = channels.ToDictionary(channel => channel.Kind);
        _metrics = new(database);
        _maker = new(database, clock, _channels);
        _sender = new(database, clock, _channels, log, ended: Wake);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _database.Committed += Wake;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _database.Committed -= Wake;
        await base.StopAsync(cancellationToken);
        await _sender.StoppedAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                if (_database.OwnsBackgroundWork)
                    sleep = await WorkAsync(cancellationToken);
                else
                    _lastLook = null; // another node writes by its own clock meanwhile
            }
            catch (Exception fault) when (fault is BusyException or DbException)
            {
                _log.LogWarning("Deliveries could not be made; they are tried again in a minute. Nothing is lost. {Why}", fault.Message);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                _log.LogError(fault, "Deliveries could not be made; they are tried again in a minute. Nothing is lost.");
            }
            using (_clock.CreateTimer(_ => Wake(), null, sleep, Timeout.InfiniteTimeSpan))
                await _news.WaitAsync(cancellationToken);
            await Task.Delay(Gathering, _clock, cancellationToken);
        }
    }

    /// <summary>Makes what is to be made and has it sent.</summary>
    /// <returns>How long until something is due.</returns>
    private async Task<TimeSpan> WorkAsync(CancellationToken cancellationToken)
    {
        await TidyAsync(_clock.Now());
        bool more;
        TimeSpan untilDue;
        do
        {
            more = await _maker.MakeAsync();
            // After each page: a log that grows as fast as it is read must not keep back what has been made.
            var now = _clock.Now();
            untilDue = _sender.Start(now, LongestSleep, cancellationToken) - now;
        }
        while (more && _database.OwnsBackgroundWork);
        return untilDue;
    }

    /// <summary>Mends what a clock that was set back makes too late, and deletes what ended long ago or is not needed.</summary>
    private async Task TidyAsync(DateTimeOffset now)
    {
        var isSetBack = _lastLook is { } before
            ? now < before - SetBack
            : _database.Read(db => DeliveryChanges.HasTimesTooLate(db, now));
        if (isSetBack)
        {
            _sender.ForgetPauses();
            await WriteAsync(db => DeliveryChanges.ForgetLaterTimes(db, now));
        }
        _lastLook = now;
        if (_lastCleaning is { } last && now - last < BetweenCleanings && now >= last)
            return;
        while (_database.Read(db => DeliveryChanges.HasOld(db, now)))
            await WriteAsync(db => DeliveryChanges.DeleteOld(db, now));
        foreach (var channel in _channels.Values)
            await channel.DeleteOldAsync();
        _lastCleaning = now;
    }

    private Task WriteAsync(Action<System.Data.Common.DbConnection> change) => _database.WriteAsync(db =>
    {
        change(db);
        return true;
    });
}
