using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using Npgsql;
using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// Several servers on one PostgreSQL database: a step is taken once, whichever of them is asked, and what one of them acknowledged
/// survives its end and the end of the database server.
/// </summary>
public sealed class NodesTests(ITestOutputHelper output)
{
    private readonly int _seed = int.Parse(
        Environment.GetEnvironmentVariable("STOREFLOW_SEED") ?? $"{Environment.TickCount}", CultureInfo.InvariantCulture);

    [SkippableFact(Timeout = 10 * 60_000)]
    public async Task Of_32_who_take_one_step_on_three_nodes_one_has_taken_it()
    {
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        await using var nodes = await NodeProcesses.Start(setting, 3);
        using var client = Client();
        for (var round = 0; round < Effort.Of(5, 50); round++)
        {
            using (var placed = await client.PostAsJsonAsync(new Uri(nodes.Next()!, "/checkout"), Scenarios.CheckoutBody()))
                Assert.Equal(201, (int)placed.StatusCode);
            using var db = Open(setting);
            var id = db.ExecuteScalar<long>("SELECT MAX(id) FROM orders");

            var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
            {
                using var answer = await client.PostAsJsonAsync(new Uri(nodes[i % 3]!, $"/orders/{id}/accept"), new { version = 1 });
                return (int)answer.StatusCode;
            })));

            Assert.Equal([200, .. Enumerable.Repeat(409, 31)], statuses.Order());
            Assert.Equal([1, 2], db.Query<long>("SELECT version FROM audit_log WHERE entity_id = @id ORDER BY version", new { id }));
        }
    }

    [SkippableFact(Timeout = 120 * 60_000)]
    public async Task What_was_acknowledged_survives_the_kills_of_nodes_and_who_hops_between_them_hears_it_all()
    {
        output.WriteLine($"STOREFLOW_SEED={_seed}");
        var (random, kills) = (new Random(_seed), Effort.Of(5, 100));
        var setting = TestPostgres.Shared.MakeEmpty();
        await using var nodes = await NodeProcesses.Start(setting, 3); // of three first starts at once one makes the demo shop
        await using var crowd = new Crowd(nodes.Next, _seed);
        crowd.Start(writers: 6);
        await using var hub = Subscriber.OnHub(nodes.Next, store: 1, new Random(_seed));
        await using var stream = Subscriber.OnStream(nodes.Next, store: 2, new Random(_seed));
        await using var steady = Subscriber.OnStream(nodes.Next, store: 1);

        for (var kill = 0; kill < kills; kill++)
        {
            var enough = crowd.Ledger.Acknowledged + random.Next(10, 60);
            await Eventually.Holds(() => crowd.Ledger.Acknowledged >= enough, "The crowd got no answers.");
            var node = random.Next(nodes.Count);
            await nodes.Kill(node);
            enough = crowd.Ledger.Acknowledged + 10; // the others go on
            await Eventually.Holds(() => crowd.Ledger.Acknowledged >= enough, "The other nodes gave no answers.");
            await crowd.CheckSoFar();
            await nodes.Start(node);
        }
        await crowd.Finish();

        await IsWhole(crowd, setting, hub, stream, steady);
        output.WriteLine($"{kills} kills, {crowd.Ledger.Acknowledged} steps acknowledged, none lost.");
    }

    [SkippableFact(Timeout = 120 * 60_000)]
    public async Task What_was_acknowledged_survives_the_kills_of_PostgreSQL_and_callers_are_told_to_come_back()
    {
        output.WriteLine($"STOREFLOW_SEED={_seed}");
        var (random, kills) = (new Random(_seed), Effort.Of(3, 60));
        using var postgres = new TestPostgres("fsync = on", "full_page_writes = on");
        var setting = postgres.MakeMigrated(demo: true);
        await using var nodes = await NodeProcesses.Start(setting, 2);
        await using var crowd = new Crowd(nodes.Next, _seed);
        crowd.Start(writers: 6);
        await using var hub = Subscriber.OnHub(nodes.Next, store: 1);
        await using var stream = Subscriber.OnStream(nodes.Next, store: 2, new Random(_seed));
        await using var steady = Subscriber.OnStream(nodes.Next, store: 1);

        for (var kill = 0; kill < kills; kill++)
        {
            var enough = crowd.Ledger.Acknowledged + random.Next(10, 60);
            await Eventually.Holds(() => crowd.Ledger.Acknowledged >= enough, "The crowd got no answers.");
            await crowd.CheckSoFar();
            if (kill % 3 == 1)
            {
                KillASession(setting); // PostgreSQL then ends all others, and recovers from its log
                continue;
            }
            postgres.Kill();
            await AreToldToComeBack(nodes);
            await postgres.Restart();
        }
        var last = crowd.Ledger.Acknowledged + 20;
        await Eventually.Holds(() => crowd.Ledger.Acknowledged >= last, "The crowd got no answers after the last kill.");
        await crowd.Finish();

        await IsWhole(crowd, setting, hub, stream, steady);
        output.WriteLine($"{kills} kills, {crowd.Ledger.Acknowledged} steps acknowledged, none lost.");
    }

    private static async Task IsWhole(Crowd crowd, string setting, Subscriber hub, Subscriber stream, Subscriber steady)
    {
        crowd.Ledger.Check(setting); // sequences without gaps are a part of it
        crowd.Ledger.CheckThatNoCheckoutHasTwoOrders(setting);
        var storeOne = Ledger.HistoryOfStore(setting, 1);
        await hub.HasHeard(storeOne);
        await steady.HasHeard(storeOne);
        await stream.HasHeard(Ledger.HistoryOfStore(setting, 2));
    }

    /// <summary>While the database server is away each node refuses reads and writes, soon and with a time to come back.</summary>
    private async Task AreToldToComeBack(NodeProcesses nodes)
    {
        using var client = Client();
        for (var node = 0; node < nodes.Count; node++)
            foreach (var (method, path) in new[] { (HttpMethod.Get, "/stores/1/orders"), (HttpMethod.Post, "/checkout") })
            {
                var (tries, longest) = (0, TimeSpan.Zero);
                await Eventually.Holds(async () => // a session that has work is not over at once
                {
                    var waited = Stopwatch.StartNew();
                    using var request = new HttpRequestMessage(method, new Uri(nodes[node]!, path))
                    {
                        Content = method == HttpMethod.Post ? JsonContent.Create(Scenarios.CheckoutBody()) : null,
                    };
                    using var answer = await client.SendAsync(request);
                    tries++;
                    longest = waited.Elapsed > longest ? waited.Elapsed : longest;
                    Assert.True((int)answer.StatusCode is 503 or 200 or 201, $"{path}: {answer.StatusCode}");
                    return answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter?.Delta > TimeSpan.Zero;
                }, $"{path} on node {node} does not say 503 with a time to come back.");
                Assert.True(longest < TimeSpan.FromSeconds(30), $"{path} hung for {longest}.");
                output.WriteLine($"{method} {path}: 503 at try {tries}, the longest took {longest.TotalMilliseconds:F0} ms.");
            }
    }

    private static void KillASession(string setting)
    {
        using var db = Open(setting);
        using var session = Process.GetProcessById(db.QueryFirst<int>("""
            SELECT pid
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            """));
        session.Kill();
    }

    private static NpgsqlConnection Open(string setting)
    {
        var db = new NpgsqlConnection($"{setting};Pooling=false");
        db.Open();
        return db;
    }

    private static HttpClient Client()
    {
        var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner);
        return client;
    }
}
