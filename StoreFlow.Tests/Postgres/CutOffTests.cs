using System.Net.Http.Headers;
using System.Net.Http.Json;
using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// The node that works in the background is cut off from PostgreSQL, as by a network that swallows everything, while its callers wait.
/// </summary>
public sealed class CutOffTests(ITestOutputHelper output) : IDisposable
{
    // Longer than StoreFlow's own time-outs one after the other, and no longer than HAProxy waits for a node.
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    [SkippableFact(Timeout = 30 * 60_000)]
    public async Task Its_callers_are_refused_the_others_go_on_and_it_comes_back()
    {
        output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner);
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        var lines = Enumerable.Range(0, 3).Select(_ => new CuttableLine(setting)).ToList();
        // A statement is given up after 30 seconds unless this is set: the long form waits for that.
        var timeout = Effort.Of(";Command Timeout=5", "");
        await using var nodes = await NodeProcesses.Start([.. lines.Select(line => line.Setting + timeout)]);
        await using var receiver = await ToldReceiver.Of(nodes.Next()!);
        await using var load = new NodeLoad(setting, nodes);

        var cuts = Effort.Of(1, 6);
        for (var cut = 0; cut < cuts; cut++)
        {
            await load.GoesOn(30, "The crowd got no answers.");
            await Eventually.Holds(() => nodes.Owner(setting) is not null, "No node works in the background.");
            var node = nodes.Owner(setting)!.Value;

            lines[node].Cut();
            nodes.TakeOut(node);
            var waiting = Refusals(nodes[node]!);
            await load.GoesOn(30, "The other nodes gave no answers.");
            await Eventually.Holds(
                () => nodes.Owner(setting) is { } owner && owner != node, "No other node took the background work over.");
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
        var (method, path) = i % 2 == 0 ? (HttpMethod.Get, "/stores/1/orders") : (HttpMethod.Post, "/checkout");
        using var request = new HttpRequestMessage(method, new Uri(node, path))
        {
            Content = method == HttpMethod.Post ? JsonContent.Create(Scenarios.CheckoutBody()) : null,
        };
        using var answer = await _client.SendAsync(request);
        Assert.Equal((path, 503), (path, (int)answer.StatusCode));
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"{path} does not say when to come back.");
    }));

    private async Task<bool> Serves(Uri node)
    {
        using var answer = await _client.GetAsync(new Uri(node, "/readyz"));
        return answer.IsSuccessStatusCode;
    }

    public void Dispose() => _client.Dispose();
}
