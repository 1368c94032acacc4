using System.Net.Http.Json;
using Dapper;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Postgres;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Deploy;

/// <summary><c>deploy/cluster/cluster.sh</c>: what it starts serves, loses nothing with its primary, and is gone after a stop.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    [SkippableFact(Timeout = 20 * 60_000)]
    public async Task What_it_starts_loses_no_acknowledged_step_with_its_primary_and_stops()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        await using var cluster = await Cluster.Start();
        var status = await cluster.Run("status");
        Assert.Contains("postgres-1 is the primary", status, StringComparison.Ordinal);
        Assert.Contains("streaming, sync", status, StringComparison.Ordinal);

        await using (var load = new NodeLoad(
            cluster.Setting, () => cluster.Address, [.. cluster.Nodes.Select(node => (Func<Uri?>)(() => node))]))
        {
            await OfTheTakersOfOneStepOneHasTakenIt(cluster, load);
            await load.GoesOn(30, "The crowd got no answers.");
            var promotions = Effort.Of(1, 4);
            for (var promotion = 1; promotion <= promotions; promotion++)
            {
                var promoted = await cluster.Run("promote");
                Assert.Contains($"postgres-{1 + promotion % 2} is the primary now", promoted, StringComparison.Ordinal);
                await load.GoesOn(30, "The crowd got no answers after the promotion.");
                if (promotion == promotions)
                    continue;
                await cluster.Run("start"); // the old primary is made anew, as the standby
                await load.GoesOn(30, "The crowd got no answers with the new standby.");
            }
            await load.IsWhole();
            output.WriteLine($"{promotions} promotions, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost.");
        }
        Assert.Equal(1, (await cluster.Try("status")).Exit); // the old primary is down

        var ports = cluster.Ports;
        Assert.NotEmpty(cluster.Processes());
        await cluster.Run("stop");
        Assert.Empty(cluster.Processes());
        Assert.DoesNotContain(ports, Cluster.IsTaken);
    }

    private static async Task OfTheTakersOfOneStepOneHasTakenIt(Cluster cluster, NodeLoad load)
    {
        using var client = StoreFlowProcess.ClientOf(cluster.Address, StoreFlowApp.Owner);
        var publicId = await load.Crowd.CheckOut("the race", "pickup", store: 1);
        using var db = TestPostgres.Open(cluster.Setting);
        var id = db.ExecuteScalar<long>("SELECT id FROM orders WHERE public_id = @publicId", new { publicId });
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            using var answer = await client.PostAsJsonAsync($"/orders/{id}/accept", new { version = 1 });
            Assert.True((int)answer.StatusCode is 200 or 409 or 503, $"{answer.StatusCode}");
            if ((int)answer.StatusCode == 200)
                load.Crowd.Ledger.Moved(publicId, 2, "accepted"); // fails in the end where it was moved twice
        }));
    }
}
