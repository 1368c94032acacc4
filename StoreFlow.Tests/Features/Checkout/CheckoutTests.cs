using Dapper;

namespace StoreFlow.Tests.Features.Checkout;

/// <summary>What a checkout takes from the store's catalogue. Later changes of the catalogue do not change the order.</summary>
public sealed class CheckoutTests : IDisposable
{
    private readonly StoreFlowApp _app = new();     // its own, since these tests change the catalogue

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Lines_and_shipping_add_up()
    {
        var body = Scenarios.CheckoutBody("shipping");
        body["items"] = new[]
        {
            new { product_id = 2, quantity = 999 }, new { product_id = 4, quantity = 1 }, new { product_id = 2, quantity = 3 },
        };

        var (_, view) = await _app.As(null).Post("/checkout", body);

        Assert.Equal([(290, 999, 289710), (1150, 1, 1150), (290, 3, 870)], view.GetProperty("items").EnumerateArray()
            .Select(line => (line.Number("unit_price"), line.Number("quantity"), line.Number("line_total"))));
        Assert.Equal((291730, 490, 292220), (view.Number("subtotal"), view.Number("shipping_cost"), view.Number("total")));
    }

    [Fact]
    public async Task Each_store_sells_and_sends_at_its_own_prices_in_its_own_currency()
    {
        var (_, view) = await _app.As(null).Post("/checkout", Scenarios.CheckoutBody("shipping", store: 3));

        Assert.Equal(("Rival Market", "USD", 500, 700, 1200),
            (view.Text("store_name"), view.Text("currency"), view.Number("subtotal"), view.Number("shipping_cost"), view.Number("total")));
    }

    [Fact]
    public async Task An_order_stays_as_it_was_when_the_catalogue_changes()
    {
        var order = await _app.PendingOrder("shipping");
        var id = order.Number("id");
        var before = await _app.Traces(id);
        var (_, customers) = await _app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        using (var db = _app.OpenDatabase())
        {
            db.Execute("UPDATE products SET price = 9999, name = 'Gold', sku = 'GOLD', on_sale = 0 WHERE id = 1");
            db.Execute("UPDATE shipping_methods SET price = 9999, name = 'Rocket', active = 0 WHERE code = 'standard'");
        }

        Assert.Equal(before, await _app.Traces(id));
        Assert.Equal(customers.GetRawText(), (await _app.As(null).Get($"/customer/{order.Text("public_id")}/order")).Body.GetRawText());
        var (_, accepted) = await _app.As(StoreFlowApp.Staff).Post($"/orders/{id}/accept");
        Assert.Equal((960, 490, 1450), (accepted.Number("subtotal"), accepted.Number("shipping_cost"), accepted.Number("total")));
    }

    [Fact]
    public async Task What_is_off_sale_is_neither_shown_nor_sold()
    {
        using (var db = _app.OpenDatabase())
        {
            db.Execute("UPDATE products SET on_sale = 0 WHERE id = 1");
            db.Execute("UPDATE shipping_methods SET active = 0 WHERE store_id = 1 AND code = 'standard'");
        }

        var (_, catalogue) = await _app.As(null).Get("/stores/1/catalogue");
        Assert.Equal([2, 3, 4, 5], catalogue.GetProperty("products").EnumerateArray().Select(product => product.Number("id")));
        Assert.Equal(["express"], catalogue.GetProperty("shipping_methods").EnumerateArray().Select(method => method.Text("code")));
        (await _app.CheckoutRefused(Scenarios.CheckoutBody("shipping")))
            .Is(400, "invalid_request", "items[0].product_id", "shipping.method");
    }

    [Fact]
    public async Task Blanks_around_are_cut_and_blank_is_missing()
    {
        var body = Scenarios.CheckoutBody("shipping", name: "  Mia Chen ");
        body["note"] = "   ";
        body["shipping"] = new
        {
            method = " standard ",
            name = " Mia ",
            address = new { line1 = " Quay 5 ", line2 = "", city = "Hamburg", postal_code = "20457", country = "de" },
        };
        await _app.As(null).Post("/checkout", body);

        var (_, order) = await _app.As(StoreFlowApp.Staff).Get("/orders/1");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, order.GetProperty("note").ValueKind);
        Assert.Equal("Mia Chen", order.GetProperty("customer").Text("name"));
        var shipping = order.GetProperty("shipping");
        var address = shipping.GetProperty("address");
        Assert.Equal(
            ("standard", "Mia", "Quay 5", "DE"),
            (shipping.Text("method"), shipping.Text("name"), address.Text("line1"), address.Text("country")));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, address.GetProperty("line2").ValueKind);
    }

    [Fact]
    public async Task Public_ids_are_random_and_a_reference_is_their_beginning()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++)
        {
            var (_, view) = await _app.As(null).Post("/checkout", Scenarios.CheckoutBody());
            var id = view.Text("public_id");
            Assert.Matches("^[0-9A-HJKMNP-TV-Z]{26}$", id);
            Assert.Equal($"{id[..4]}-{id[4..8]}", view.Text("reference"));
            ids.Add(id[..8]);
        }
        Assert.Equal(50, ids.Count);
    }
}
