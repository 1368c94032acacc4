using System.Diagnostics;
using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// A transaction by the server's own number, so that a commit whose answer was lost can be asked for. The server may give the number to
/// another one where it lost this one: after a crash, and as a standby that was promoted without it.
/// </summary>
/// <param name="Id">The server's number for it.</param>
/// <param name="Timeline">Another one after a promotion.</param>
/// <param name="Life">Another one after a crash; the loss of a connection leaves it as it is.</param>
internal sealed record BegunTransaction(string Id, string Timeline, string Life)
{
    /// <summary>"StoreFlo", as a number: writes that run alone hold this lock until they end.</summary>
    private const long AloneKey = 0x53746F7265466C6F;

    private const int StandbyTimeout = 10; // seconds, for a commit that holds nothing of anybody

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string TimelineSql = "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)";

    /// <summary>PostgreSQL empties its statistics as it recovers from a crash, and notes when.</summary>
    private const string LifeSql = "(SELECT concat(extract(epoch FROM stats_reset)) FROM pg_stat_wal)";

    /// <summary>The query that begins it, beside others; its row is the three texts of this record.</summary>
    public const string BeginSql =
        $"SELECT CAST(pg_current_xact_id() AS TEXT) AS id, {TimelineSql} AS timeline, {LifeSql} AS life";

    /// <summary>Begins it on the server; where it is to run alone, waits for its turn.</summary>
    public static BegunTransaction Of(NpgsqlConnection connection, WriteScope scope) =>
        connection.QuerySingle<BegunTransaction>(
            scope is WriteScope.Alone ? $"{BeginSql} FROM pg_advisory_xact_lock({AloneKey}) waited" : BeginSql);

    /// <summary>
    /// Commits it. The commit waits for the standby as long as that takes: where it were cut off, PostgreSQL would show to everybody
    /// what is on one machine only, and a standby that is promoted without it would take it back.
    /// </summary>
    /// <param name="connection">The connection of the transaction.</param>
    /// <param name="before">Statements that are still to be executed. Only the server's own time-outs bound them.</param>
    /// <param name="pool">Where the server can be asked, if the answer is lost.</param>
    /// <param name="whenLate">Gets the answer for a caller who does not want to wait any longer, after ten seconds.</param>
    /// <exception cref="BusyException">It is not known whether it was committed; the sentence says so.</exception>
    /// <exception cref="NpgsqlException">It was not.</exception>
    public void Commit(
        NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> before, PostgresPool pool, Action<BusyException> whenLate)
    {
        using var late = new Timer(_ => whenLate(NotKnown("A commit takes too long.")), null, Patience, Timeout.InfiniteTimeSpan);
        using var warnings = new CommitWarnings(connection);
        using var commit = new NpgsqlBatch(connection) { Timeout = 0 }; // the transaction's own method has the time-out of queries
        foreach (var command in before)
            commit.BatchCommands.Add(command);
        commit.BatchCommands.Add(new("COMMIT"));
        try
        {
            commit.ExecuteNonQuery();
        }
        catch (Exception fault) when (PostgresFaults.IsLost(fault) && fault is not PostgresException { InvariantSeverity: "ERROR" })
        {
            if (!WasCommitted(pool))
                throw;
        }
        warnings.ThrowIfAny();
    }

    /// <summary>Asks the server, until it is back and knows.</summary>
    /// <exception cref="BusyException">It cannot be known; the sentence says so.</exception>
    private bool WasCommitted(PostgresPool pool)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; Thread.Sleep(100)) // the server does not tell when it is back
        {
            try
            {
                using var pooled = pool.Open();
                var connection = pooled.Connection;
                var (isSame, status) = connection.QuerySingle<(bool, string?)>($"""
                    SELECT is_same, CASE WHEN is_same THEN pg_xact_status(CAST(@Id AS xid8)) END
                      FROM (SELECT {TimelineSql} = @Timeline AND {LifeSql} = @Life AS is_same) server
                    """, new { Id, Timeline, Life });
                if (!isSame)
                    break; // the number may be another transaction's
                if (status is "committed")
                    WaitForStandby(connection);
                if (status is "committed" or "aborted")
                    return status is "committed";
            }
            catch (Exception fault) when (fault is not BusyException)
            {
                // It is still away, or a standby that is not promoted yet.
            }
        }
        throw NotKnown("The answer to a commit was lost.");
    }

    /// <summary>
    /// Where the server stopped while a commit waited for the standby, the commit may not be there yet. A later one gets there after it.
    /// </summary>
    private static void WaitForStandby(NpgsqlConnection connection)
    {
        using var warnings = new CommitWarnings(connection);
        connection.Execute("SELECT pg_logical_emit_message(true, 'storeflow', '')", commandTimeout: StandbyTimeout);
        warnings.ThrowIfAny();
    }

    /// <summary>The answer where nobody can say whether a write was done.</summary>
    public static BusyException NotKnown(string why) =>
        new(why)
        {
            Sentence = "The database was lost while this was being written, so it is not known whether it was done. "
                + "Look before you do it again; a step with its version, or a request with its idempotency key, is never done twice.",
        };
}
