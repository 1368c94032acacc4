using Dapper;

namespace StoreFlow.Tests.Postgres;

/// <summary>PostgreSQL crashes before the end of a step is on its disk, and gives the step's number to another transaction.</summary>
public sealed class LostCommitTests : IDisposable
{
    /// <summary>Takes a number and commits it.</summary>
    private const string NextNumberSql = "SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";

    private readonly NodeCaller _caller = new();

    [SkippableFact(Timeout = 10 * 60_000)]
    public async Task A_number_that_was_given_again_after_a_crash_is_not_taken_for_the_commit_of_a_step()
    {
        // Here hardly anything but a commit takes the log to the disk.
        using var postgres = new TestPostgres("wal_writer_delay = 10s", "autovacuum = off");
        var setting = postgres.MakeMigrated(demo: true);
        using var line = new CuttableLine(setting);
        await using var nodes = await NodeProcesses.Start([$"{line.Setting};Max Auto Prepare=0"]);
        var node = nodes[0]!;
        var isShown = false;
        for (var tries = 0; !isShown && tries < 5; tries++)
        {
            await Eventually.Holds(async () => await Status(node, "/checkout", Scenarios.CheckoutBody()) is 201, "No order can be placed.");
            var id = Ask<long>(setting, "SELECT MAX(id) FROM orders");

            var committing = line.CutAt("INSERT INTO audit_log"); // which the COMMIT goes with
            var accepting = _caller.Send(node, HttpMethod.Post, $"/orders/{id}/accept", new { version = 1 });
            await committing.WaitAsync(TimeSpan.FromSeconds(30));
            var number = Ask<long>(setting, """
                SELECT CAST(CAST(backend_xid AS TEXT) AS BIGINT)
                  FROM pg_stat_activity
                 WHERE datname = current_database() AND state = 'idle in transaction' AND backend_xid IS NOT NULL
                """);
            postgres.Kill();
            await postgres.Restart();
            var next = Ask<long>(setting, NextNumberSql);
            // Else something took the step's beginning to the disk before the crash, or the caller was told that the commit takes too long.
            isShown = next <= number && !accepting.IsCompleted;
            for (; next < number; next = Ask<long>(setting, NextNumberSql))
            {
            }
            line.Mend(delivers: false);

            using var accepted = await accepting;
            if (!isShown)
                continue;
            Assert.True(NodeCaller.IsToldToComeBack(accepted), $"{accepted}");
            Assert.Contains("not known whether it was done", await accepted.Content.ReadAsStringAsync());
            Assert.Equal(1, Ask<long>(setting, $"SELECT COUNT(*) FROM audit_log WHERE entity_id = {id}"));
            await Eventually.Holds(
                async () => await Status(node, $"/orders/{id}/accept", new { version = 1 }) is 200, "The step cannot be taken again.");
        }
        Assert.True(isShown, "PostgreSQL never gave the number again, or this machine is too slow.");
    }

    private async Task<int> Status(Uri node, string path, object body)
    {
        using var answer = await _caller.Send(node, HttpMethod.Post, path, body);
        return (int)answer.StatusCode;
    }

    private static T Ask<T>(string setting, string sql)
    {
        using var db = TestPostgres.Open(setting);
        return db.QuerySingle<T>(sql);
    }

    public void Dispose() => _caller.Dispose();
}
