using System.Net.Http.Headers;
using System.Text.Json;
using Dapper;
using Npgsql;
using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// The node that works in the background stands still for longer than the others wait for it, and wakes up with old news: it believes to be
/// the one still, and has requests that were sent to it before.
/// </summary>
public sealed class PausedNodeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(Effort.Of(1, 30));

    [SkippableFact(Timeout = 30 * 60_000)]
    public async Task A_node_that_wakes_up_does_not_act_on_what_it_knew()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        await using var nodes = await NodeProcesses.Start(setting, 3);
        await using var receiver = await ToldReceiver.Of(nodes.Next()!);
        await using var load = new NodeLoad(setting, nodes);

        var pauses = Effort.Of(1, 5);
        for (var pause = 0; pause < pauses; pause++)
        {
            await load.GoesOn(30, "The crowd got no answers.");
            await Eventually.Holds(() => nodes.Owner(setting) is not null, "No node works in the background.");
            var node = nodes.Owner(setting)!.Value;

            nodes.TakeOut(node);
            nodes.Process(node).Pause();
            var atLeast = Task.Delay(Pause);
            var asked = await AskMeanwhile(load.Crowd, nodes[node]!, setting, $"key of pause {pause}");
            await load.GoesOn(30, "The other nodes gave no answers.");
            await Eventually.Holds(
                () => nodes.Owner(setting) is { } owner && owner != node, "No other node took the background work over.");
            await atLeast;

            asked.IsOpen();
            nodes.Process(node).Resume();
            await asked.IsAnsweredByWhatIsTrueNow();
            nodes.TakeOut(node, false);
        }
        await load.GoesOn(30, "The crowd got no answers after the last pause.");
        await load.IsWhole();
        await receiver.WasToldAll(setting, twice: pauses);
        output.WriteLine($"{pauses} pauses, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost; {receiver.Count} messages.");
    }

    /// <summary>Sends requests to a node that stands still, and does the same at the others.</summary>
    private static async Task<Asked> AskMeanwhile(Crowd crowd, Uri node, string setting, string key)
    {
        var client = new HttpClient { BaseAddress = node, Timeout = TimeSpan.FromSeconds(90) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner);
        client.DefaultRequestHeaders.Add("Idempotency-Key", key);
        var body = Scenarios.CheckoutBody("shipping", store: 2);
        var checkout = client.Post("/checkout", body);
        var publicId = await crowd.CheckOut(key, body);

        client.DefaultRequestHeaders.Remove("Idempotency-Key");
        using var db = new NpgsqlConnection($"{setting};Pooling=false");
        var accept = $"/orders/{db.ExecuteScalar<long>("SELECT id FROM orders WHERE public_id = @publicId", new { publicId })}/accept";
        var (step, read) = (client.Post(accept, new { version = 1 }), client.Get(accept.Replace("/accept", "", StringComparison.Ordinal)));
        await Eventually.Holds(
            async () => await crowd.Ask(HttpMethod.Post, accept, new { version = 1 }) is (200 or 409, _), "Nobody takes the step.");
        return new(client, publicId, checkout, step, read);
    }

    private sealed record Asked(
        HttpClient Client, string PublicId, Task<(int Status, JsonElement Body)> Checkout, Task<(int Status, JsonElement Body)> Step,
        Task<(int Status, JsonElement Body)> Read)
    {
        public void IsOpen() => Assert.False(Checkout.IsCompleted || Step.IsCompleted || Read.IsCompleted, "It did not stand still.");

        public async Task IsAnsweredByWhatIsTrueNow()
        {
            using var client = Client;
            Assert.Equal(PublicId, (await Checkout).Body.Text("public_id"));
            Assert.Equal(409, (await Step).Status);
            Assert.InRange((await Read).Body.Number("version"), 2, long.MaxValue);
        }
    }
}
