using System.Text.Json;
using Dapper;
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
            var node = await nodes.FindOwner(setting);

            nodes.TakeOut(node);
            nodes.Process(node).Pause();
            var atLeast = Task.Delay(Pause);
            await using var customers = new Crowd(() => nodes[node], NodeLoad.Seed);
            var (anyAnswer, areAnswered) = await AskMeanwhile(customers, load.Crowd, setting, $"key of pause {pause}");
            await load.GoesOn(30, "The other nodes gave no answers.");
            await nodes.IsFollowed(node, setting);
            await atLeast;

            Assert.False(anyAnswer.IsCompleted, "It did not stand still.");
            nodes.Process(node).Resume();
            await areAnswered();
            nodes.TakeOut(node, false);
        }
        await load.GoesOn(30, "The crowd got no answers after the last pause.");
        await load.IsWhole();
        await receiver.WasToldAll(setting, twice: pauses);
        output.WriteLine($"{pauses} pauses, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost; {receiver.Count} messages.");
    }

    /// <summary>Customers and staff ask a node that stands still for what is done at the others meanwhile.</summary>
    /// <returns>What ends with the first answer, and a check of all answers once the node is awake.</returns>
    private static async Task<(Task AnyAnswer, Func<Task> AreAnswered)> AskMeanwhile(
        Crowd customers, Crowd others, string setting, string key)
    {
        var body = Scenarios.CheckoutBody("shipping", store: 2);
        var checkout = customers.Ask(HttpMethod.Post, "/checkout", body, key);
        var publicId = await others.CheckOut(key, body);
        using var db = TestPostgres.Open(setting);
        var order = $"/orders/{db.ExecuteScalar<long>("SELECT id FROM orders WHERE public_id = @publicId", new { publicId })}";
        var (step, read) = (Accept(customers), customers.Ask(HttpMethod.Get, order));
        await Eventually.Holds(async () => await Accept(others) is (200 or 409, _), "Nobody takes the step.");
        return (Task.WhenAny(checkout, step, read), AreAnswered);

        async Task AreAnswered()
        {
            AreTrue(await checkout, await step, await read); // as far as they are answers: its connections may have ended
            await Eventually.Holds(
                async () => AreTrue(
                    await customers.Ask(HttpMethod.Post, "/checkout", body, key), await Accept(customers),
                    await customers.Ask(HttpMethod.Get, order)),
                "The node does not answer.");
        }

        Task<(int Status, JsonElement Body)?> Accept(Crowd staff) => staff.Ask(HttpMethod.Post, $"{order}/accept", new { version = 1 });

        bool AreTrue(params (int Status, JsonElement Body)?[] answers)
        {
            if (answers[0] is (201, var placed))
                Assert.Equal(publicId, placed.Text("public_id"));
            Assert.NotEqual(200, answers[1]?.Status); // this version is over
            if (answers[2] is (200, var seen))
                Assert.InRange(seen.Number("version"), 2, long.MaxValue);
            return answers[0]?.Status == 201 && answers[1]?.Status == 409 && answers[2]?.Status == 200;
        }
    }
}
