using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>
/// What SQLite alone can do here: the UPDATE and the audit INSERT of a step, prepared, in one thread, on random
/// orders, with the real schema, its triggers and indexes, and <c>synchronous=FULL</c>.
/// </summary>
internal static class RawLimit
{
    public static Sample Measure(SeededFile file, string folder, int toACommit, double seconds)
    {
        using var db = new SqliteConnection($"Data Source={file.CopyTo(folder)};Pooling=false");
        db.Open();
        Seed.Execute(db, "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        using var begin = new Prepared(db, "BEGIN IMMEDIATE");
        using var update = new Prepared(db, UpdateSql, "@id", "@version", "@now");
        using var audit = new Prepared(db, AuditSql, "@store", "@id", "@now");
        using var commit = new Prepared(db, "COMMIT");

        var latency = new Histogram();
        var (start, done) = (Stopwatch.GetTimestamp(), 0);
        while (done + toACommit <= file.Pending.Count && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var began = Stopwatch.GetTimestamp();
            begin.Run();
            for (var i = 0; i < toACommit; i++, done++)
            {
                var order = file.Pending[done];
                var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                if (update.Run(order.Id, 1, now) != 1)
                    throw new InvalidOperationException($"Order {order.Id} is not pending.");
                audit.Run(order.Store, order.Id, now);
            }
            commit.Run();
            latency.Add((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
        return new(done / Stopwatch.GetElapsedTime(start).TotalSeconds,
            latency.Milliseconds(0.5), latency.Milliseconds(0.99), latency.Milliseconds(0.999), null);
    }

    private const string UpdateSql = """
        UPDATE orders
           SET status = 'accepted', accepted_at = COALESCE(accepted_at, @now), version = version + 1
         WHERE id = @id AND version = @version
        """;

    private const string AuditSql = """
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (1, @store, (SELECT 1 + COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @store),
                1, @id, 'status_changed', 2, '{"old_status":"pending","new_status":"accepted"}', @now)
        """;
}
