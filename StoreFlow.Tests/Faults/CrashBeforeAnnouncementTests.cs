using System.Diagnostics;

namespace StoreFlow.Tests.Faults;

/// <summary>The server dies between a commit and its announcement: the event is still heard.</summary>
public sealed class CrashBeforeAnnouncementTests
{
    /// <param name="place">
    /// Right after the commit, before anyone got an answer; or after the new audit rows were read, before they are sent.
    /// </param>
    [Theory]
    [InlineData("committed")]
    [InlineData("announcing")]
    public async Task A_resumed_subscriber_has_the_event_within_five_seconds_of_the_restart(string place)
    {
        await using var server = new RestartableServer();
        await using var crowd = new Crowd(() => server.Address, seed: 1);
        server.Start();
        await server.Listening();
        await crowd.CheckOut("first", "pickup", store: 1);
        await server.Kill();

        server.Start(("STOREFLOW_FAILPOINT", place));
        await server.Listening();
        await using var hub = Subscriber.OnHub(() => server.Address, store: 1);
        await using var stream = Subscriber.OnStream(() => server.Address, store: 1);
        await Eventually.Holds(() => hub.History().Count == 1 && stream.History().Count == 1, "The checkout was not heard.");
        var order = (await crowd.Ask(HttpMethod.Get, "/stores/1/orders"))!.Value.Body.GetProperty("orders")[0];
        _ = await crowd.Move(order, "accepted");
        Assert.NotEqual(0, await server.Process.Exit());
        Assert.Equal((1, 1), (hub.History().Count, stream.History().Count));
        await server.Kill();

        server.Start();
        await server.Listening();
        var since = Stopwatch.StartNew();
        await Eventually.Holds(() => hub.History().Count == 2 && stream.History().Count == 2, "The step was not heard.");
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // promised
        var history = Ledger.HistoryOfStore(server.File, 1);
        Assert.EndsWith("v2 accepted", history[^1], StringComparison.Ordinal);
        await hub.HasHeard(history);
        await stream.HasHeard(history);
        crowd.Ledger.Check(server.File);
    }
}
