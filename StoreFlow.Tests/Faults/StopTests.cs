using System.Net.Http.Headers;
using Dapper;
using Microsoft.AspNetCore.SignalR.Client;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>SIGTERM, as a service manager sends it: the server finishes its work, ends its connections and tidies up.</summary>
public sealed class StopTests
{
    [SkippableFact]
    public async Task A_server_that_is_told_to_stop_answers_what_is_in_flight_sends_its_listeners_home_and_leaves_one_tidy_file()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var server = new RestartableServer();
        await using var crowd = new Crowd(() => server.Address, seed: 1);
        server.Start(("StoreFlow__LivePerPerson", "50"));
        await server.Listening();
        var address = server.Address!;
        var streams = new List<EventStreamClient>();
        var ended = new List<Task>();
        for (var i = 0; i < 25; i++)
        {
            var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner);
            streams.Add(await EventStreamClient.Open(client, "/stores/1/orders/events"));
            ended.Add(streams[^1].Ended());     // the answer is complete, not broken off
        }
        var hubs = new List<HubConnection>();
        var comingBack = new List<Task>();
        for (var i = 0; i < 25; i++)
        {
            hubs.Add(new HubConnectionBuilder()
                .WithUrl(new Uri(address, "/hubs/orders"), options => options.Headers["Authorization"] = $"Bearer {StoreFlowApp.Owner}")
                .WithAutomaticReconnect()
                .Build());
            var reconnecting = new TaskCompletionSource();
            hubs[^1].Reconnecting += _ =>
            {
                reconnecting.TrySetResult();
                return Task.CompletedTask;
            };
            hubs[^1].Closed += fault =>
            {
                reconnecting.TrySetException(fault ?? new InvalidOperationException("The client was told to stay away."));
                return Task.CompletedTask;
            };
            comingBack.Add(reconnecting.Task);
            await hubs[^1].StartAsync();
            await hubs[^1].InvokeAsync<long>("SubscribeStore", 1L, (long?)null);
        }
        crowd.Start(writers: 8);
        await Eventually.Holds(() => crowd.Ledger.Acknowledged >= 50, "The crowd got no answers.");

        server.Process.Terminate();

        Assert.Equal(0, await server.Process.Exit());
        await Task.WhenAll(ended).WaitAsync(TimeSpan.FromSeconds(60));
        await Task.WhenAll(comingBack).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(
            ["storeflow.db"],
            Directory.EnumerateFiles(Path.GetDirectoryName(server.File)!, "storeflow.db*").Select(Path.GetFileName));
        var written = Ledger.HistoryOfStore(server.File, 1).Concat(Ledger.HistoryOfStore(server.File, 2))
            .Count(line => !line.Contains("ShippingUpdated", StringComparison.Ordinal));
        Assert.Equal(written, crowd.Ledger.Acknowledged); // all that was committed was also answered

        await server.Kill();
        server.Start();
        await server.Listening();
        await crowd.Finish();
        crowd.Ledger.Check(server.File);
        foreach (var hub in hubs)
            await hub.DisposeAsync();
        streams.ForEach(stream => stream.Dispose());
    }

    [SkippableFact]
    public async Task A_body_that_never_ends_holds_the_stop_up_for_seconds_only()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var server = new RestartableServer();
        server.Start();
        await server.Listening();
        var shop = await Shop.Of(server.Process);
        var order = await shop.PendingOrder();
        using var slow = await RawConnection.Open(server.Address!);
        await slow.Say(
            "POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n" +
            new string(' ', 20_000));
        using var over = new CancellationTokenSource();
        var dripping = Nuisance.Drip(slow, over.Token);
        var (accepted, _) = await shop.Owner.Post($"/orders/{order.Number("id")}/accept");

        server.Process.Terminate();

        // A patient sender could go on for 30 s and more without our own limit, and service managers kill after some time.
        Assert.Equal(0, await server.Process.Exit().WaitAsync(TimeSpan.FromSeconds(25)));
        await over.CancelAsync();
        await dripping;
        Assert.Equal(200, accepted);
        Assert.Equal(
            ["storeflow.db"],
            Directory.EnumerateFiles(Path.GetDirectoryName(server.File)!, "storeflow.db*").Select(Path.GetFileName));
        Assert.Equal(2, DatabaseFile.Read(server.File, db => db.ExecuteScalar<long>("SELECT version FROM orders")));
    }
}
