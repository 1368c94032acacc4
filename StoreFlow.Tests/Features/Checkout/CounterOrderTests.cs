using System.Text.Json;

namespace StoreFlow.Tests.Features.Checkout;

/// <summary>An order that staff take: like any other, without an e-mail address, and with the clerk's name in the log.</summary>
public sealed class CounterOrderTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string Route = "/stores/1/orders";

    [Fact]
    public async Task It_needs_no_email_and_names_the_clerk()
    {
        await using var store = await LiveClient.OnStore(app, 1);
        var (status, order) = await app.As(StoreFlowApp.Staff).Post(Route, Body());
        Assert.Equal((201, "pending", "counter"), (status, order.Text("status"), order.Text("source")));
        Assert.Equal(JsonValueKind.Null, order.GetProperty("customer").GetProperty("email").ValueKind);
        Assert.Equal("OrderCreated", (await store.Next()).Name);

        var (_, history) = await app.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}/history");
        var first = history.GetProperty("entries")[0];
        Assert.Equal(
            ("order_created", "Sam", "counter"), (first.Text("action"), first.Text("actor"), first.GetProperty("meta").Text("source")));
        Assert.Equal(200, (await app.As(null).Get($"/customer/{order.Text("public_id")}/order")).Status);
        Assert.Equal("accepted", (await app.Step(order, "accept")).Text("status"));
    }

    [Fact]
    public async Task A_repeat_under_a_key_places_no_second_order()
    {
        var client = app.As(StoreFlowApp.Staff);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "phone-1");
        var first = await client.Post(Route, Body());
        var second = await client.Post(Route, Body());
        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.Equal(first.Body.GetRawText(), second.Body.GetRawText());
    }

    [Fact]
    public async Task A_key_of_a_checkout_is_not_a_key_of_the_counter()
    {
        var client = app.As(StoreFlowApp.Staff);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "both-doors");
        var body = Scenarios.CheckoutBody();
        Assert.Equal(201, (await client.Post("/checkout", body)).Status);
        (await client.Post(Route, body)).Is(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task What_a_checkout_refuses_is_refused_here_too()
    {
        var staff = app.As(StoreFlowApp.Staff);
        var before = app.LatestSequence();
        (await staff.Post(Route, Body(email: "nonsense"))).Is(400, "invalid_request", "customer.email");
        (await staff.Post(Route, Body(product: 6))).Is(400, "invalid_request", "items[0].product_id");
        (await staff.Post(Route, Body(store: 2))).Is(400, "invalid_request", "store_id");
        (await staff.Post("/stores/2/orders", Body())).Is(404, "not_found");
        (await app.As(StoreFlowApp.Rival).Post(Route, Body())).Is(404, "not_found");
        (await app.As(null).Post(Route, Body())).Is(401, "unauthenticated");
        Assert.Equal(before, app.LatestSequence());
    }

    private static Dictionary<string, object?> Body(string? email = null, int product = 1, int? store = null) => new()
    {
        ["store_id"] = store,
        ["fulfilment_type"] = "pickup",
        ["items"] = new[] { new { product_id = product, quantity = 1 } },
        ["customer"] = new { name = "Mr Fox", email, phone = "+49 40 5550123" },
    };
}
