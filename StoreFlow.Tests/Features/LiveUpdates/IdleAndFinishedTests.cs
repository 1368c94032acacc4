using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>A connection on which nothing will come is closed.</summary>
public sealed class IdleAndFinishedTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly StoppedClockApp _app = new();

    [Theory]
    [InlineData(null)]
    [InlineData(StoreFlowApp.Staff)]
    public async Task A_hub_connection_that_listens_to_nothing_is_closed_after_ten_seconds(string? token)
    {
        await using var idle = await LiveClient.Connect(_app, token);
        await using var customer = await LiveClient.OnOrder(_app, (await _app.PendingOrder()).Text("public_id"));
        await using var staff = await LiveClient.OnStore(_app, 1);

        await TimePassesUntil(idle.Closed);

        var order = await _app.PendingOrder();
        Assert.Equal(order.Number("id"), (await staff.Next()).Payload.Number("order_id"));
        Assert.False(customer.Closed.IsCompleted);
    }

    [Theory]
    [InlineData("pickup", "complete")]
    [InlineData("shipping", "mark-delivered")]
    public async Task The_stream_of_an_order_ends_after_its_last_event(string type, string step)
    {
        var order = await _app.OrderIn(type == "pickup" ? "ready" : "shipped", type);
        using var stream = await EventStreamClient.Open(_app, $"/customer/{order.Text("public_id")}/order/events");
        using var store = await EventStreamClient.OfStore(_app, 1);
        await _app.Step(order, step);

        var heard = await stream.Next(type == "pickup" ? 2 : 3);
        Assert.Equal(
            type == "pickup" ? ["order", "OrderStatusUpdated"] : ["order", "OrderStatusUpdated", "ShippingUpdated"],
            heard.Select(one => one.Name));
        var end = stream.NextOrEnd();
        await TimePassesUntil(end);
        Assert.Null(await end);
        Assert.Equal("OrderStatusUpdated", (await store.Next()).Name);
        var next = await _app.PendingOrder();
        Assert.Contains(next.Number("id"), await Numbers(store, type == "pickup" ? 1 : 2)); // the store's stream goes on
    }

    [Fact]
    public async Task The_stream_of_a_finished_order_says_how_it_stands_and_that_there_is_no_hurry_to_come_back()
    {
        var order = await _app.OrderIn("completed");
        var text = await _app.As(null).GetStringAsync($"/customer/{order.Text("public_id")}/order/events");
        Assert.Contains("event: order\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\nretry: 86400000\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coming_back_late_to_a_finished_order_brings_what_was_missed_and_the_end()
    {
        var order = await _app.OrderIn("completed");
        using var stream = await EventStreamClient.Open(_app, $"/customer/{order.Text("public_id")}/order/events", lastEventId: 2);
        Assert.Equal([null, 3, 4, 5], (await stream.Next(4)).Select(heard => heard.Id));
        Assert.Null(await stream.NextOrEnd());
    }

    [Fact]
    public async Task A_hub_connection_whose_orders_are_all_finished_is_closed_ten_seconds_later()
    {
        var (first, second) = (await _app.OrderIn("ready"), await _app.OrderIn("ready"));
        await using var client = await LiveClient.OnOrder(_app, first.Text("public_id"));
        await client.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", second.Text("public_id"));

        await _app.Step(first, "complete");
        Assert.Equal(first.Text("public_id"), (await client.Next()).Payload.Text("public_id"));
        _app.Time.Advance(Idle);
        await _app.Step(second, "complete");
        Assert.Equal(second.Text("public_id"), (await client.Next()).Payload.Text("public_id")); // still there, for the second

        await TimePassesUntil(client.Closed);
    }

    /// <summary>Moves the clock one heartbeat at a time, because the server may not have started its next timer yet.</summary>
    private async Task TimePassesUntil(Task end)
    {
        while (!end.IsCompleted)
        {
            _app.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.WhenAny(end, Task.Delay(50));
        }
        await end;
    }

    private static async Task<List<long>> Numbers(EventStreamClient stream, int count) =>
        (await stream.Next(count)).ConvertAll(heard => heard.Payload.Number("order_id"));

    public void Dispose() => _app.Dispose();
}
