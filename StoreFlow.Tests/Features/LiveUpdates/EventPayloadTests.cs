using System.Text.Json;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>
/// Every event as the store and as the customer get it, word for word. Each app is new, so that its numbers are the same
/// each time.
/// </summary>
public sealed class EventPayloadTests
{
    [Fact]
    public async Task A_shipping_order_from_checkout_to_delivered()
    {
        await using var app = new StoreFlowApp();
        await using var store = await LiveClient.OnStore(app, 1);
        var order = await app.PendingOrder("shipping");
        await using var customer = await LiveClient.OnOrder(app, order.Text("public_id"));

        await app.Step(order, "accept");
        await app.Step(order, "start-packing");
        await app.Step(order, "ship");
        await app.As(StoreFlowApp.Owner).Patch(
            $"/orders/{order.Number("id")}/tracking",
            new { tracking_code = "1Z-1000", tracking_url = "https://other.example/1Z-1000" });
        await app.Step(order, "mark-delivered");

        var (forStore, forCustomer) = (await store.Next(8), await customer.Next(7));
        Snapshots.Match(Said(forStore), "Events_of_a_shipping_order_for_the_store");
        Snapshots.Match(Said(forCustomer), "Events_of_a_shipping_order_for_the_customer");
        AssertThatNothingPrivateIsIn(forCustomer);
        Assert.Equal(["OrderStatusUpdated", "ShippingUpdated"], OfOneSequence(forStore, 4));
        Assert.Equal(["ShippingUpdated"], OfOneSequence(forStore, 5));
        Assert.Equal(["OrderStatusUpdated", "ShippingUpdated"], OfOneSequence(forStore, 6));
    }

    [Fact]
    public async Task A_pickup_order_from_checkout_to_collected()
    {
        await using var app = new StoreFlowApp();
        await using var store = await LiveClient.OnStore(app, 1);
        var order = await app.PendingOrder();
        await using var customer = await LiveClient.OnOrder(app, order.Text("public_id"));

        foreach (var step in Scenarios.StepsTo[("pickup", "completed")])
            await app.Step(order, step);

        var (forStore, forCustomer) = (await store.Next(5), await customer.Next(4));
        Snapshots.Match(Said(forStore), "Events_of_a_pickup_order_for_the_store");
        Snapshots.Match(Said(forCustomer), "Events_of_a_pickup_order_for_the_customer");
        AssertThatNothingPrivateIsIn(forCustomer);
    }

    [Fact]
    public async Task An_override_tells_the_status_and_what_became_of_the_parcel()
    {
        await using var app = new StoreFlowApp();
        var order = await app.OrderIn("shipped", "shipping");
        await using var store = await LiveClient.OnStore(app, 1);
        await using var customer = await LiveClient.OnOrder(app, order.Text("public_id"));
        var owner = app.As(StoreFlowApp.Owner);

        await owner.Post($"/orders/{order.Number("id")}/override", new { status = "packing", reason = "The parcel came back" });
        await owner.Post($"/orders/{order.Number("id")}/override", new { status = "accepted", reason = "Packed the wrong thing" });

        var (forStore, forCustomer) = (await store.Next(3), await customer.Next(3));
        Snapshots.Match(Said(forStore), "Events_of_an_override_for_the_store");
        Snapshots.Match(Said(forCustomer), "Events_of_an_override_for_the_customer");
        AssertThatNothingPrivateIsIn(forCustomer);
        Assert.DoesNotContain(forStore.Concat(forCustomer), heard =>
            heard.Payload.GetRawText().Contains("came back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_stream_says_the_same_as_the_hub()
    {
        await using var app = new StoreFlowApp();
        await using var hub = await LiveClient.OnStore(app, 1);
        using var stream = await EventStreamClient.OfStore(app, 1);

        await app.OrderIn("delivered", "shipping");

        var (overHub, overStream) = (await hub.Next(7), await stream.Next(7));
        Assert.Equal(
            overHub.Select(heard => (heard.Name, heard.Payload.GetRawText())),
            overStream.Select(heard => (heard.Name, heard.Payload.GetRawText())));
        Assert.All(overStream, heard => Assert.Equal(heard.Payload.Number("sequence"), heard.Id));
    }

    private static JsonElement Said(IEnumerable<(string Name, JsonElement Payload)> events) =>
        JsonSerializer.SerializeToElement(events.Select(heard => new Dictionary<string, JsonElement> { [heard.Name] = heard.Payload }));

    private static IEnumerable<string> OfOneSequence(IEnumerable<(string Name, JsonElement Payload)> events, long sequence) =>
        events.Where(heard => heard.Payload.Number("sequence") == sequence).Select(heard => heard.Name);

    private static void AssertThatNothingPrivateIsIn(IEnumerable<(string Name, JsonElement Payload)> events) =>
        Assert.All(events, heard =>
        {
            foreach (var name in new[] { "order_id", "store_id", "sequence", "customer_name" })
                Assert.False(heard.Payload.TryGetProperty(name, out _), $"{heard.Name} tells the customer {name}.");
        });
}
