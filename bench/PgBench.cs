using System.Globalization;
using System.Text.RegularExpressions;

namespace StoreFlow.Bench;

/// <summary>
/// What PostgreSQL alone can do here: <c>pgbench</c> takes pending orders, in a scattered order, and runs the two statements of a step
/// in a transaction, prepared, through the server's triggers and indexes. It makes none of the server's reads.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="database">A database in which the orders 1 to <paramref name="orders"/> are pending.</param>
/// <param name="orders">How many orders there are.</param>
internal sealed partial class PgBench(PostgresServer server, string database, int orders)
{
    /// <summary>As many as one node lets write at once.</summary>
    public const int Connections = 16;

    private const int Scatter = 7919; // a prime, so that a connection meets each of its orders once

    /// <summary>Measures for so many seconds, after one in which the connections are made and the statements planned.</summary>
    /// <exception cref="InvalidOperationException">
    /// <c>pgbench</c> failed. It does so, too, where the orders are used up.
    /// </exception>
    public Sample Measure(int seconds)
    {
        var script = Path.GetTempFileName();
        try
        {
            File.WriteAllText(script, Script);
            var output = server.RunClient(
                "pgbench", "-n", "-M", "prepared", "-c", $"{Connections}", "-j", "2", "-T", $"{seconds + 1}", "-P", "1", "-f", script,
                "-D", "done=-1", "-D", $"orders={orders}", "-D", $"clients={Connections}",
                "-D", $"now={DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}", database);
            var rates = Progress().Matches(output).Skip(1).Take(seconds)
                .Select(line => double.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToList();
            if (rates.Count < seconds || output.Contains("aborted", StringComparison.Ordinal))
                throw new InvalidOperationException($"pgbench did not run to its end:\n{output}");
            return new(rates.Average());
        }
        finally
        {
            File.Delete(script);
        }
    }

    [GeneratedRegex(@"^progress: [0-9.]+ s, ([0-9.]+) tps", RegexOptions.Multiline)]
    private static partial Regex Progress();

    // Each connection has orders of its own, and begins where its last run ended. \gset ends the run where no row comes back, which is
    // so for an order that is not pending. A statement that sets variables has to be on one line.
    private static readonly string Script = $$"""
        \if :done < 0
        SELECT count(*) AS done FROM orders WHERE version > 1 AND (id - 1) % :clients = :client_id \gset
        \endif
        \set id 1 + :client_id + :clients * ((:done * {{Scatter}}) % (:orders / :clients))
        \set done :done + 1
        BEGIN;
        {{Update}} \gset
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (1, :store_id, next_sequence(:store_id), 1, :id, 'status_changed', :version, '{"new_status":"accepted"}', :now);
        COMMIT;

        """;

    private const string Update =
        "UPDATE orders SET status = 'accepted', accepted_at = COALESCE(accepted_at, :now), version = version + 1 "
        + "WHERE id = :id AND version = 1 RETURNING store_id, version";
}
