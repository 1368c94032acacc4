using System.Diagnostics;
using Dapper;
using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// Several servers on one PostgreSQL database: a step is taken once, whichever of them is asked, and what one of them acknowledged
/// survives its end and the end of the database server.
/// </summary>
public sealed class NodesTests(ITestOutputHelper output)
{
    [SkippableFact(Timeout = 10 * 60_000)]
    public async Task Of_32_who_take_one_step_on_three_nodes_one_has_taken_it()
    {
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        await using var nodes = await NodeProcesses.Start(setting, 3);
        using var caller = new NodeCaller();
        for (var round = 0; round < Effort.Of(3, 50); round++)
        {
            using (var placed = await caller.Send(nodes.Next()!, HttpMethod.Post, "/checkout", Scenarios.CheckoutBody()))
                Assert.Equal(201, (int)placed.StatusCode);
            using var db = TestPostgres.Open(setting);
            var id = db.ExecuteScalar<long>("SELECT MAX(id) FROM orders");

            var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
            {
                using var answer = await caller.Send(nodes[i % 3]!, HttpMethod.Post, $"/orders/{id}/accept", new { version = 1 });
                return (int)answer.StatusCode;
            })));

            Assert.Equal([200, .. Enumerable.Repeat(409, 31)], statuses.Order());
            Assert.Equal([1, 2], db.Query<long>("SELECT version FROM audit_log WHERE entity_id = @id ORDER BY version", new { id }));
        }
    }

    [SkippableFact(Timeout = 120 * 60_000)]
    public async Task What_was_acknowledged_survives_the_kills_of_nodes_and_who_hops_between_them_hears_it_all()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        var (random, kills) = (new Random(NodeLoad.Seed), Effort.Of(1, 100));
        var setting = TestPostgres.Shared.MakeEmpty();
        await using var nodes = await NodeProcesses.Start(setting, 3); // of three first starts at once one makes the demo shop
        await using var load = new NodeLoad(setting, nodes);

        for (var kill = 0; kill < kills; kill++)
        {
            await load.GoesOn(random.Next(10, 60), "The crowd got no answers.");
            var node = random.Next(nodes.Count);
            await nodes.Kill(node);
            await load.GoesOn(10, "The other nodes gave no answers.");
            await nodes.Start(node);
        }
        await load.IsWhole();
        output.WriteLine($"{kills} kills, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost.");
    }

    [SkippableFact(Timeout = 120 * 60_000)]
    public async Task What_was_acknowledged_survives_the_kills_of_PostgreSQL_and_callers_are_told_to_come_back()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        var (random, kills) = (new Random(NodeLoad.Seed), Effort.Of(2, 60));
        using var postgres = new TestPostgres("fsync = on", "full_page_writes = on");
        var setting = postgres.MakeMigrated(demo: true);
        await using var nodes = await NodeProcesses.Start(setting, 2);
        await using var load = new NodeLoad(setting, nodes);

        for (var kill = 0; kill < kills; kill++)
        {
            await load.GoesOn(random.Next(10, 60), "The crowd got no answers.");
            if (kill % 3 == 1)
            {
                KillASession(setting); // PostgreSQL then ends all others, and recovers from its log
                continue;
            }
            postgres.Kill();
            await AreToldToComeBack(nodes);
            await postgres.Restart();
        }
        await load.GoesOn(20, "The crowd got no answers after the last kill.");
        await load.IsWhole();
        output.WriteLine($"{kills} kills, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost.");
    }

    /// <summary>While the database server is away each node refuses reads and writes, soon and with a time to come back.</summary>
    private async Task AreToldToComeBack(NodeProcesses nodes)
    {
        using var caller = new NodeCaller();
        for (var node = 0; node < nodes.Count; node++)
            foreach (var (method, path) in NodeCaller.ReadAndWrite)
            {
                var (tries, longest) = (0, TimeSpan.Zero);
                await Eventually.Holds(async () => // a session that has work is not over at once
                {
                    var waited = Stopwatch.StartNew();
                    using var answer = await caller.Send(nodes[node]!, (method, path));
                    tries++;
                    longest = waited.Elapsed > longest ? waited.Elapsed : longest;
                    Assert.True((int)answer.StatusCode is 503 or 200 or 201, $"{path}: {answer.StatusCode}");
                    return NodeCaller.IsToldToComeBack(answer);
                }, $"{path} on node {node} does not say 503 with a time to come back.");
                Assert.True(longest < TimeSpan.FromSeconds(30), $"{path} hung for {longest}.");
                output.WriteLine($"{method} {path}: 503 at try {tries}, the longest took {longest.TotalMilliseconds:F0} ms.");
            }
    }

    private static void KillASession(string setting)
    {
        using var db = TestPostgres.Open(setting);
        using var session = Process.GetProcessById(db.QueryFirst<int>("""
            SELECT pid
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            """));
        session.Kill();
    }
}
