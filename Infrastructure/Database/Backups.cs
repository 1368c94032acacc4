using System.Diagnostics.Metrics;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>How the nightly copies are doing.</summary>
public sealed record BackupState
{
    /// <summary>When the newest good copy in the folder was made; null where there is none.</summary>
    public DateTimeOffset? LastGoodAt { get; init; }

    /// <summary>When this process last tried to make one; null where it has not tried yet.</summary>
    public DateTimeOffset? LastTryAt { get; init; }

    /// <summary>Why the last try failed, as a sentence for the operator; null where it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>The full path of the folder.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Whether there should be a newer one: the last is older than 36 hours, or there is none and the shop is older than that.
    /// False where nightly copies are switched off.
    /// </summary>
    public bool IsOld { get; init; }
}

/// <summary>
/// The server's own copies of the database, and whether one is due. What is in the folder says when the last good one was made, so
/// a restart forgets nothing.
/// </summary>
public sealed class Backups : IDisposable
{
    private static readonly TimeSpan OldAge = TimeSpan.FromHours(36);
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly TimeSpan? _at;
    private readonly Meter _meter = new(Telemetry.Name);
    private readonly Lock _lock = new();
    private bool _known;
    private DateTimeOffset? _lastGoodAt;
    private DateTimeOffset? _lastTryAt;
    private string? _fault;

    public Backups(Database database, Settings settings, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        _at = settings.Database is null ? settings.Backup.Time : null; // PostgreSQL has its own
        Folder = new(settings);
        _meter.CreateObservableGauge("storeflow.backup.age", Ages, "s", "How old the last good backup is");
    }

    private IEnumerable<Measurement<double>> Ages() =>
        State.LastGoodAt is { } at ? [new((_clock.Now() - at).TotalSeconds)] : [];

    public void Dispose() => _meter.Dispose();

    internal BackupFolder Folder { get; }

    /// <summary>Whether nightly copies are made at all.</summary>
    public bool AreMade => _at is not null;

    /// <summary>How they are doing now. Reads one row; the folder is read at the first call, and then once a minute.</summary>
    public BackupState State
    {
        get
        {
            if (!_known)
                Look();
            lock (_lock)
                return new()
                {
                    LastGoodAt = _lastGoodAt,
                    LastTryAt = _lastTryAt,
                    Fault = _fault,
                    Directory = Folder.Path,
                    IsOld = AreMade && (_lastGoodAt ?? ShopBegan()) < _clock.Now() - OldAge,
                };
        }
    }

    /// <summary>Whether one should be made now: the last was made before its time came, and the shop is older than that.</summary>
    internal bool IsDue()
    {
        Look();
        var now = _clock.Now();
        lock (_lock)
            if (LatestTime(now) is not { } time || _lastGoodAt >= time || (_fault is not null && now < _lastTryAt + BeforeRetry))
                return false;
            else
                return ShopBegan() < time;
    }

    internal void Succeeded(DateTimeOffset at)
    {
        lock (_lock)
            (_lastGoodAt, _lastTryAt, _fault) = (at, at, null);
    }

    internal void Failed(DateTimeOffset at, string fault)
    {
        lock (_lock)
            (_lastTryAt, _fault) = (at, fault);
    }

    private void Look()
    {
        DateTimeOffset? newest = null;
        try
        {
            // One of the future was made while the clock was wrong.
            newest = Folder.Made().Where(made => made <= _clock.Now()).Select(made => (DateTimeOffset?)made).FirstOrDefault();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be read has no good copy for anybody; the next try says why.
        }
        lock (_lock)
            (_lastGoodAt, _known) = (newest, true);
    }

    private DateTimeOffset? ShopBegan() =>
        _database.Read(db => db.ExecuteScalar<long?>("SELECT MIN(created_at) FROM merchants")) is { } began
            ? DateTimeOffset.FromUnixTimeMilliseconds(began)
            : null;

    /// <summary>The last instant at which a copy was due, by this machine's local time.</summary>
    private DateTimeOffset? LatestTime(DateTimeOffset now)
    {
        if (_at is not { } at)
            return null;
        var zone = _clock.LocalTimeZone;
        for (var day = TimeZoneInfo.ConvertTime(now, zone).Date; ; day = day.AddDays(-1))
        {
            var local = day + at;
            if (zone.IsInvalidTime(local))
                local += TimeSpan.FromHours(1); // the night in which the clocks go forward
            var instant = new DateTimeOffset(local, zone.GetUtcOffset(local));
            if (instant <= now)
                return instant;
        }
    }
}
