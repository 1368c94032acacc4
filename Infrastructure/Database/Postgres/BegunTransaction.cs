using System.Diagnostics;
using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// A transaction by the server's own number, so that a commit whose answer was lost can be asked for. The number belongs to the timeline
/// of the server: a standby that was promoted without this commit gives the number to another one.
/// </summary>
internal sealed record BegunTransaction(string Id, string Timeline)
{
    /// <summary>"StoreFlo", as a number: writes that run alone hold this lock until they end.</summary>
    private const long AloneKey = 0x53746F7265466C6F;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string TimelineSql = "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)";

    /// <summary>Begins it on the server; where it is to run alone, waits for its turn.</summary>
    public static BegunTransaction Of(NpgsqlConnection connection, WriteScope scope)
    {
        var sql = $"SELECT CAST(pg_current_xact_id() AS TEXT) AS id, {TimelineSql} AS timeline";
        return connection.QuerySingle<BegunTransaction>(
            scope is WriteScope.Alone ? $"{sql} FROM pg_advisory_xact_lock({AloneKey}) waited" : sql);
    }

    /// <summary>Asks the server, until it is back and knows.</summary>
    /// <exception cref="BusyException">It cannot be known; the sentence says so.</exception>
    public bool WasCommitted(NpgsqlDataSource source)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; Thread.Sleep(100)) // the server does not tell when it is back
        {
            try
            {
                using var connection = source.OpenConnection();
                var (status, timeline) = connection.QuerySingle<(string? Status, string Timeline)>(
                    $"SELECT pg_xact_status(CAST(@Id AS xid8)) AS status, {TimelineSql} AS timeline", new { Id });
                if (timeline != Timeline)
                    break;
                if (status is "committed" or "aborted")
                    return status is "committed";
            }
            catch (Exception fault) when (PostgresFaults.MayPass(fault))
            {
                // It is still away.
            }
        }
        throw new BusyException("The answer to a commit was lost.")
        {
            Sentence = "The database was lost while this was being written, so it is not known whether it was done. "
                + "Look before you do it again; a step with its version, or a request with its idempotency key, is never done twice.",
        };
    }
}
