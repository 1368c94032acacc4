using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>The customer first gets the current state of the order, then every change.</summary>
public sealed class CustomerStreamTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task The_stream_begins_with_the_order_as_it_is_now()
    {
        var order = await app.OrderIn("accepted", "shipping");
        var (_, view) = await app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        using var stream = await EventStreamClient.Open(app, $"/customer/{order.Text("public_id")}/order/events");

        await app.Step(order, "ship");

        var heard = await stream.Next(3);
        Assert.Equal(["order", "OrderStatusUpdated", "ShippingUpdated"], heard.Select(one => one.Name));
        Assert.Equal([2, 3, 3], heard.Select(one => one.Id!.Value));
        Assert.Equal(view.GetRawText(), heard[0].Payload.GetRawText());
    }

    [Fact]
    public async Task A_customer_who_comes_back_hears_what_was_missed_and_what_comes()
    {
        var order = await app.OrderIn("accepted");
        var path = $"/customer/{order.Text("public_id")}/order/events";
        using var stream = await EventStreamClient.Open(app, path, lastEventId: 1);

        // The server reads the log before it subscribes, and once after. The last step comes after both, so it can only come live.
        var heard = await stream.Next(2);
        order = await app.Step(order, "start-preparation");
        heard.Add(await stream.Next());
        await app.Step(order, "mark-ready");
        heard.Add(await stream.Next());

        Assert.Equal("order", heard[0].Name);
        Assert.Null(heard[0].Id); // with an id, a second drop right here would skip what is still to come
        Assert.Equal("accepted", heard[0].Payload.Text("status"));
        Assert.Equal([2, 3, 4], heard.Skip(1).Select(one => one.Id!.Value));
        Assert.Equal(["accepted", "in_progress", "ready"], heard.Skip(1).Select(one => one.Payload.Text("new_status")));
    }

    [Fact]
    public async Task A_customer_who_has_seen_more_than_there_is_starts_with_the_order_as_it_is()
    {
        var order = await app.OrderIn("accepted");
        using var stream = await EventStreamClient.Open(app, $"/customer/{order.Text("public_id")}/order/events", lastEventId: 9);

        await app.Step(order, "start-preparation");

        var heard = await stream.Next(2);
        Assert.Equal(["order", "OrderStatusUpdated"], heard.Select(one => one.Name));
        Assert.Equal([2, 3], heard.Select(one => one.Id!.Value));   // versions of the order, with which a browser can come back
    }

    [Fact]
    public async Task The_customer_hears_of_no_other_order()
    {
        var (mine, other) = (await app.PendingOrder(), await app.PendingOrder());
        using var stream = await EventStreamClient.Open(app, $"/customer/{mine.Text("public_id")}/order/events");
        await using var hub = await LiveClient.OnOrder(app, mine.Text("public_id"));

        await app.Step(other, "accept");
        await app.Step(mine, "accept");

        Assert.Equal("order", (await stream.Next()).Name);
        Assert.Equal(mine.Text("public_id"), (await stream.Next()).Payload.Text("public_id"));
        Assert.Equal(mine.Text("public_id"), (await hub.Next()).Payload.Text("public_id"));
    }

    [Fact]
    public async Task The_hub_answers_the_same_view_however_the_id_was_typed()
    {
        var order = await app.OrderIn("accepted");
        var id = order.Text("public_id");
        var (_, view) = await app.As(null).Get($"/customer/{id}/order");
        await using var client = await LiveClient.Connect(app, token: null);

        Assert.Equal(view.GetRawText(), (await client.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", id)).GetRawText());
        var typed = $"{id[..4]}-{id[4..]}".ToLowerInvariant();
        Assert.Equal(view.GetRawText(), (await client.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", typed)).GetRawText());

        // Both were the same channel, so each step is heard once.
        await app.Step(order, "start-preparation");
        await app.Step(order, "mark-ready");
        Assert.Equal(["in_progress", "ready"], (await client.Next(2)).Select(heard => heard.Payload.Text("new_status")));
    }

    [Fact]
    public async Task Nobody_hears_an_order_by_a_wrong_id()
    {
        var order = await app.PendingOrder();
        foreach (var id in new[]
        {
            order.Text("reference"), $"{order.Number("id")}", new string('0', 26), "x", $"{order.Text("public_id")}0",
        })
        {
            var (status, problem) = await app.As(null).Get($"/customer/{id}/order/events");
            Assert.Equal((404, "not_found"), (status, problem.Text("code")));
        }
    }
}
