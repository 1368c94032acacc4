using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// The node that works in the background is cut off from PostgreSQL, as by a network that swallows everything, while its callers wait.
/// </summary>
public sealed class CutOffTests(ITestOutputHelper output) : IDisposable
{
    private readonly NodeCaller _caller = new();

    [SkippableFact(Timeout = 30 * 60_000)]
    public async Task Its_callers_are_refused_the_others_go_on_and_it_comes_back()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        var lines = Enumerable.Range(0, 3).Select(_ => new CuttableLine(setting)).ToList();
        // A statement is given up after 20 seconds unless this is set: the long form waits for that.
        var timeout = Effort.Of(";Command Timeout=5", "");
        await using var nodes = await NodeProcesses.Start([.. lines.Select(line => line.Setting + timeout)]);
        await using var receiver = await ToldReceiver.Of(nodes.Next()!);
        await using var load = new NodeLoad(setting, nodes);

        var cuts = Effort.Of(1, 6);
        for (var cut = 0; cut < cuts; cut++)
        {
            await load.GoesOn(30, "The crowd got no answers.");
            var node = await nodes.FindOwner(setting);

            lines[node].Cut();
            nodes.TakeOut(node);
            var waiting = Refusals(nodes[node]!);
            await load.GoesOn(30, "The other nodes gave no answers.");
            await nodes.IsFollowed(node, setting);
            await waiting;
            await Refusals(nodes[node]!); // by now it knows

            lines[node].Mend(delivers: cut % 2 == 1);
            await Eventually.Holds(() => Serves(nodes[node]!), "The node does not come back.");
            nodes.TakeOut(node, false);
        }
        await load.GoesOn(30, "The crowd got no answers after the last cut.");
        await load.IsWhole();
        await receiver.WasToldAll(setting, twice: cuts);
        output.WriteLine($"{cuts} cuts, {load.Crowd.Ledger.Acknowledged} steps acknowledged, none lost; {receiver.Count} messages.");
    }

    /// <summary>Each who asks a node that is cut off is told to come back, in a time that callers wait.</summary>
    private Task Refusals(Uri node) => Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
    {
        var request = NodeCaller.ReadAndWrite[i % 2];
        using var answer = await _caller.Send(node, request);
        Assert.True(NodeCaller.IsToldToComeBack(answer), $"{request.Path}: {answer}");
    }));

    private async Task<bool> Serves(Uri node)
    {
        using var answer = await _caller.Send(node, HttpMethod.Get, "/readyz");
        return answer.IsSuccessStatusCode;
    }

    public void Dispose() => _caller.Dispose();
}
