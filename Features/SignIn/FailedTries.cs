using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>
/// Failed tries as rows: all nodes count together, and a restart forgets none. Of an account, an address or a browser a row has the SHA-256
/// only. It counts until a quarter of an hour after its wait.
/// </summary>
internal sealed class FailedTries
{
    private const int MostKept = 100_000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(16); // a longer one was made by a clock that was wrong

    private readonly Dictionary<string, Row> _rows;
    private readonly DateTimeOffset _now;

    private FailedTries(DbConnection db, string sql, IEnumerable<FailureLimit> limits, DateTimeOffset now)
    {
        _now = now;
        _rows = db.Query<Row>(sql, new { keys = SqlList.Of(limits.Select(limit => limit.Hash)) })
            .Where(row => row.WaitsUntil >= now - Forgotten && row.WaitsUntil <= now + LongestWait)
            .ToDictionary(row => row.Key);
    }

    /// <summary>What is counted now.</summary>
    public static FailedTries Find(DbConnection db, IEnumerable<FailureLimit> limits, DateTimeOffset now) =>
        new(db, FindSql, limits, now);

    /// <summary>The same, and nobody else counts by these limits until the transaction ends.</summary>
    public static FailedTries Lock(DbConnection db, IEnumerable<FailureLimit> limits, DateTimeOffset now) =>
        new(db, LockSql, limits, now);

    /// <summary>How long the next try has to wait; zero or less: not at all.</summary>
    public TimeSpan Left(FailureLimit limit) => _rows.TryGetValue(limit.Hash, out var row) ? row.WaitsUntil - _now : TimeSpan.Zero;

    /// <summary>How many failures count still.</summary>
    public long Failures(FailureLimit limit) => _rows.TryGetValue(limit.Hash, out var row) ? row.Failures : 0;

    /// <summary>Whether it has failed, or was told to wait, a short time ago.</summary>
    public bool Knows(FailureLimit limit) => _rows.ContainsKey(limit.Hash);

    /// <summary>Keeps what is to be counted from now on by a limit that was locked.</summary>
    public static void Keep(DbConnection db, FailureLimit limit, long failures, DateTimeOffset until) =>
        db.Execute(
            "UPDATE failed_tries SET failures = @failures, waits_until = @until WHERE key = @Hash", new { failures, until, limit.Hash });

    /// <summary>Forgets a limit that was locked.</summary>
    public static void Forget(DbConnection db, FailureLimit limit) =>
        db.Execute("DELETE FROM failed_tries WHERE key = @Hash", new { limit.Hash });

    /// <summary>Removes what counts no more.</summary>
    /// <returns>Whether so many are left that none should be kept that can be done without.</returns>
    public static bool RemoveOld(DbConnection db, DateTimeOffset now)
    {
        db.Execute(
            "DELETE FROM failed_tries WHERE waits_until < @earliest OR waits_until > @latest",
            new { earliest = now - Forgotten, latest = now + LongestWait });
        return db.ExecuteScalar<long>("SELECT COUNT(*) FROM failed_tries") >= MostKept;
    }

    private const string FindSql = """
        SELECT key, failures, waits_until FROM failed_tries WHERE key IN (SELECT value FROM json_each(@keys))
        """;

    // A row that is not there yet cannot be locked, so it is made. All lock in one order: none waits for another in a circle.
    private const string LockSql = """
        INSERT INTO failed_tries (key, failures, waits_until)
        SELECT value, 0, 0 FROM json_each(@keys) WHERE true ORDER BY value
            ON CONFLICT (key) DO UPDATE SET failures = failed_tries.failures
        RETURNING key, failures, waits_until
        """;

    private sealed record Row
    {
        public required string Key { get; init; }
        public long Failures { get; init; }
        public DateTimeOffset WaitsUntil { get; init; }
    }
}
