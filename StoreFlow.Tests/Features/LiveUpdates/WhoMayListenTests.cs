using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>The server decides who listens to what: a client names a store or an order, never a group.</summary>
public sealed class WhoMayListenTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData(null, 1, "unauthenticated")]
    [InlineData("no-such-token", 1, "unauthenticated")]
    [InlineData(StoreFlowApp.Staff, 2, "not_found")]
    [InlineData(StoreFlowApp.Owner, 3, "not_found")]
    [InlineData(StoreFlowApp.Rival, 1, "not_found")]
    [InlineData(StoreFlowApp.Owner, 99, "not_found")]
    [InlineData(StoreFlowApp.Owner, 0, "not_found")]
    [InlineData(StoreFlowApp.Owner, -1, "not_found")]
    [InlineData(StoreFlowApp.Owner, long.MaxValue, "not_found")]
    public async Task Is_refused(string? token, long store, string code)
    {
        var (status, problem) = await app.As(token).Get($"/stores/{store}/orders/events");
        Assert.Equal((code == "not_found" ? 404 : 401, code), (status, problem.Text("code")));

        await using var client = await LiveClient.Connect(app, token);
        var refused = await Assert.ThrowsAsync<HubException>(() =>
            client.Connection.InvokeAsync<long>("SubscribeStore", store, (long?)null));
        Assert.Contains($"HubException: {code}: ", refused.Message, StringComparison.Ordinal);

        // The refused call joined no group: the first event that comes is one that this client may hear.
        var order = await app.PendingOrder(store: store is 1 or 2 or 3 ? store : 1);
        await client.Connection.InvokeAsync<object>("SubscribeCustomer", order.Text("public_id"));
        await app.Step(order, "accept");
        var (name, payload) = await client.Next();
        Assert.Equal(("OrderStatusUpdated", false), (name, payload.TryGetProperty("sequence", out _)));
    }

    [Theory]
    [InlineData(StoreFlowApp.Staff, 1)]
    [InlineData(StoreFlowApp.Manager, 2)]
    [InlineData(StoreFlowApp.Owner, 2)]
    [InlineData(StoreFlowApp.Rival, 3)]
    public async Task May_listen(string token, long store)
    {
        using var stream = await EventStreamClient.OfStore(app, store, token: token);
        await using var client = await LiveClient.OnStore(app, store, token: token);

        var order = await app.PendingOrder(store: store);

        Assert.Equal(order.Number("id"), (await stream.Next()).Payload.Number("order_id"));
        Assert.Equal(order.Number("id"), (await client.Next()).Payload.Number("order_id"));
    }

    [Fact]
    public async Task After_may_be_left_out_and_the_answer_is_the_latest_sequence()
    {
        await app.PlaceOrders(3);
        var latest = app.LatestSequence();
        await using var client = await LiveClient.Connect(app, StoreFlowApp.Staff);

        Assert.Equal(latest, await client.Connection.InvokeCoreAsync<long>("SubscribeStore", [1L]));
        Assert.Equal(latest, await client.Connection.InvokeCoreAsync<long>("SubscribeStore", [1L, null]));
        Assert.Equal(latest, await client.Connection.InvokeCoreAsync<long>("SubscribeStore", [1L, latest - 2]));

        await app.PlaceOrders(1);
        Assert.Equal([latest - 1, latest, latest + 1], (await client.Next(3)).Select(heard => heard.Payload.Number("sequence")));
    }

    [Fact]
    public async Task Subscribing_twice_is_not_hearing_twice()
    {
        await using var client = await LiveClient.OnStore(app, 1);
        var latest = await client.Connection.InvokeAsync<long>("SubscribeStore", 1, (long?)null);

        await app.PlaceOrders(5);

        Assert.Equal(
            Enumerable.Range(1, 5).Select(i => latest + i),
            (await client.Next(5)).Select(heard => heard.Payload.Number("sequence")));
    }

    [Fact]
    public async Task Subscribing_anew_all_the_time_while_orders_come_in_repeats_nothing_out_of_order()
    {
        await using var client = await LiveClient.OnStore(app, 1);
        var orders = Task.Run(() => app.PlaceOrders(300));
        while (!orders.IsCompleted)
            await client.Connection.InvokeAsync<long>("SubscribeStore", 1, (long?)null);
        await orders;

        var latest = await client.Connection.InvokeAsync<long>("SubscribeStore", 1, (long?)null);
        await app.PlaceOrders(1);
        var heard = new List<long>();
        do
            heard.Add((await client.Next()).Payload.Number("sequence"));
        while (heard[^1] <= latest);
        Assert.Equal(heard.Distinct().Order(), heard);
    }

    [Theory]
    [InlineData("SubscribeStore")]
    [InlineData("SubscribeStore", "1")]
    [InlineData("SubscribeStore", "store.1.orders", null)]
    [InlineData("SubscribeStore", 1L, null, null)]
    [InlineData("SubscribeCustomer")]
    [InlineData("SubscribeCustomer", 1L)]
    [InlineData("JoinGroup", "store.1.orders")]
    [InlineData("Send", "store.1.orders")]
    public async Task A_call_that_the_hub_does_not_know_is_refused_and_the_connection_stays(string method, params object?[] arguments)
    {
        await using var client = await LiveClient.Connect(app, StoreFlowApp.Owner);
        await Assert.ThrowsAsync<HubException>(() => client.Connection.InvokeCoreAsync<object>(method, arguments));
        await client.Connection.InvokeCoreAsync<long>("SubscribeStore", [2L]);

        var order = await app.PendingOrder(store: 2);
        Assert.Equal(order.Number("id"), (await client.Next()).Payload.Number("order_id"));
    }
}
