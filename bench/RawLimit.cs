using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>
/// What SQLite alone can do here: the writes of the server without its reads, as prepared statements, in one thread, on
/// the server's schema with its triggers and indexes, and with <c>synchronous=FULL</c>. A commit has as many writes as
/// the compared run has connections, which is the most that the server can share. Latency is that of a whole commit.
/// </summary>
internal static class RawLimit
{
    /// <summary>Pending orders are accepted in random order.</summary>
    public static Sample MeasureSteps(SeededFile file, string folder, int writesPerCommit, double seconds)
    {
        var next = file.PendingShuffled.GetEnumerator();
        return Measure(file, folder, writesPerCommit, seconds, (statements, now) =>
        {
            if (!next.MoveNext())
                return false;
            statements.Step(next.Current, now);
            return true;
        });
    }

    /// <summary>The same mix as <see cref="RealDay"/>: checkouts and steps over a moving window.</summary>
    public static Sample MeasureDay(SeededFile file, string folder, int writesPerCommit, double seconds)
    {
        var window = new OrderWindow(file.Open);
        var random = new Random(20261123 + 1); // other public ids than the file has
        return Measure(file, folder, writesPerCommit, seconds, (statements, now) =>
        {
            window.Add(window.TakeNext() is { } order
                ? statements.Step(order, now)
                : statements.Place(file.Stores[random.Next(file.Stores.Count)], ships: random.Next(2) == 0, random, now));
            return true;
        });
    }

    private static Sample Measure(
        SeededFile file, string folder, int writesPerCommit, double seconds, Func<OrderStatements, long, bool> write)
    {
        using var connection = new SqliteConnection($"Data Source={file.CopyTo(folder)};Pooling=false");
        connection.Open();
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON");
        using var statements = new OrderStatements(connection);
        using var begin = new PreparedStatement(connection, "BEGIN IMMEDIATE");
        using var commit = new PreparedStatement(connection, "COMMIT");

        var histogram = Latency.NewHistogram();
        var start = Stopwatch.GetTimestamp();
        var (written, more) = (0, true);
        while (more && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var began = Stopwatch.GetTimestamp();
            begin.Execute();
            for (var i = 0; i < writesPerCommit && more; i++)
            {
                more = write(statements, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                written += more ? 1 : 0;
            }
            commit.Execute();
            histogram.Record(began, Stopwatch.GetTimestamp());
        }
        return histogram.ToSample(written / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
