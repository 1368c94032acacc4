using System.Text.Json;
using System.Text.Json.Nodes;

namespace StoreFlow.Tests.Features.Checkout;

/// <summary>
/// What a storefront may send, field by field. What is refused leaves nothing behind; what is accepted comes back unchanged.
/// </summary>
public sealed class CheckoutInputTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("store_id", "0")]
    [InlineData("store_id", "-1")]
    [InlineData("store_id", "77")]
    [InlineData("store_id", "9223372036854775808")]
    [InlineData("store_id", "null")]
    [InlineData("fulfilment_type", "null")]
    [InlineData("items", "null")]
    [InlineData("items", "[]")]
    [InlineData("items[0].product_id", "0")]
    [InlineData("items[0].product_id", "-1")]
    [InlineData("items[0].product_id", "6")]                    // the merchant's other store sells it
    [InlineData("items[0].product_id", "9")]                    // another merchant does
    [InlineData("items[0].product_id", "9223372036854775807")]
    [InlineData("items[0].product_id", "9223372036854775808")]
    [InlineData("items[0].quantity", "0")]
    [InlineData("items[0].quantity", "-1")]
    [InlineData("items[0].quantity", "1000")]
    [InlineData("items[0].quantity", "2147483648")]
    [InlineData("items[0].quantity", "1.5")]
    [InlineData("items[0].quantity", "\"2\"")]
    [InlineData("items[0].quantity", "null")]
    [InlineData("customer.name", "null")]
    [InlineData("customer.name", "\"   \"")]
    [InlineData("customer.name", "\"Mia\\u0000Chen\"")]
    [InlineData("customer.name", "\"Mia\\nChen\"")]
    [InlineData("customer.email", "\"mia\"")]
    [InlineData("customer.email", "\"Mia <mia@example.com>\"")]
    [InlineData("customer.email", "null")]
    [InlineData("customer.phone", "\"1\\u0007\"")]
    [InlineData("shipping", "null")]
    [InlineData("shipping.method", "\"pigeon\"")]
    [InlineData("shipping.name", "null")]
    [InlineData("shipping.address.line1", "\"\"")]
    [InlineData("shipping.address.city", "null")]
    [InlineData("shipping.address.postal_code", "\"123456789012345678901\"")]
    [InlineData("shipping.address.country", "\"Germany\"")]
    [InlineData("shipping.address.country", "\"D1\"")]
    public async Task A_field_that_cannot_be_used_is_refused_by_its_name(string field, string value) =>
        (await app.CheckoutRefused(With("shipping", field, value))).Is(400, "invalid_request", field);

    /// <summary>An address is written unchanged into a mail's header and a <c>mailto</c> link.</summary>
    [Theory]
    [InlineData("x?bcc=y@z.example")]
    [InlineData("x@z.example?bcc=y@z.example")]
    [InlineData("x&cc=y@z.example")]
    [InlineData("x%3Fbcc=y@z.example")]
    [InlineData("x#y@z.example")]
    [InlineData("x/y@z.example")]
    [InlineData("x y@z.example")]
    [InlineData("\"x y\"@z.example")]
    [InlineData("\"x\"@z.example")]
    [InlineData("x,y@z.example")]
    [InlineData("x;y@z.example")]
    [InlineData("x:y@z.example")]
    [InlineData("<x@z.example>")]
    [InlineData("x(y)@z.example")]
    [InlineData("x\\y@z.example")]
    [InlineData("x@[127.0.0.1]")]
    [InlineData("x@y@z.example")]
    [InlineData("x\u200b@z.example")]
    [InlineData("x@z_y.example")]
    public async Task An_address_that_says_more_than_where_to_write_is_refused(string email) =>
        (await app.CheckoutRefused(With("pickup", "customer.email", JsonSerializer.Serialize(email))))
            .Is(400, "invalid_request", "customer.email");

    [Theory]
    [InlineData("mia+shop@example.com")]
    [InlineData("mia.chen-lopez_2@mail.example.co.uk")]
    [InlineData("o'neil@example.com")]
    [InlineData("mia=example.com~1@relay.example")]
    [InlineData("1@2.example")]
    [InlineData("mia@localhost")]
    [InlineData("mia@bücher.example")]
    [InlineData("mia@xn--bcher-kva.example")]
    [InlineData("jörg@müller.example")]
    [InlineData("用户@例子.广告")]
    [InlineData("अजय@डाटा.भारत")]
    public async Task An_ordinary_address_is_taken_as_it_is(string email)
    {
        var (status, view) = await app.As(null).Post("/checkout", With("pickup", "customer.email", JsonSerializer.Serialize(email)));
        Assert.Equal(201, status);
        var (_, found) = await app.As(StoreFlowApp.Staff).Get($"/stores/1/orders?q={view.Text("reference")}");
        Assert.Equal(email, found.GetProperty("orders")[0].GetProperty("customer").Text("email"));
    }

    [Theory]
    [InlineData("customer.name", 100)]
    [InlineData("customer.phone", 40)]
    [InlineData("note", 500)]
    [InlineData("shipping.name", 100)]
    [InlineData("shipping.address.line1", 200)]
    [InlineData("shipping.address.line2", 200)]
    [InlineData("shipping.address.region", 100)]
    public async Task A_text_may_be_so_long_and_no_longer(string field, int longest)
    {
        Assert.Equal(201, (await app.As(null).Post("/checkout", With("shipping", field, $"\"{new string('x', longest)}\""))).Status);
        (await app.CheckoutRefused(With("shipping", field, $"\"{new string('x', longest + 1)}\""))).Is(400, "invalid_request", field);
    }

    [Fact]
    public async Task A_pickup_order_is_not_sent_anywhere() =>
        (await app.CheckoutRefused(With("pickup", "shipping", "{}"))).Is(400, "invalid_request", "shipping");

    [Fact]
    public async Task A_hundred_and_one_lines_are_too_many()
    {
        const string line = """{"product_id":1,"quantity":1}""";
        string Lines(int count) => $"[{string.Join(',', Enumerable.Repeat(line, count))}]";

        Assert.Equal(201, (await app.As(null).Post("/checkout", With("pickup", "items", Lines(100)))).Status);
        (await app.CheckoutRefused(With("pickup", "items", Lines(101)))).Is(400, "invalid_request", "items");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once() =>
        (await app.CheckoutRefused(new { }))
            .Is(400, "invalid_request", "store_id", "fulfilment_type", "items", "customer.name", "customer.email");

    [Theory]
    [InlineData("Mia 🍞🥐 Chen")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("مريم العلي")]
    [InlineData("דנה כהן")]
    [InlineData("李明")]
    [InlineData("Renée \"Ren\" O'Neil")]
    [InlineData("<script>alert('hi')</script>")]
    [InlineData("'; DROP TABLE orders; --")]
    [InlineData("C:\\temp & 100%_")]
    [InlineData("Zoe\u0308")]
    public async Task A_name_comes_back_as_it_was(string name)
    {
        var order = await app.PendingOrder("shipping", name: name);

        Assert.Equal(name, order.GetProperty("customer").Text("name"));
        Assert.Equal(name, order.GetProperty("shipping").Text("name"));
        var (_, view) = await app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        Assert.Equal(name.Split(' ')[0], view.Text("first_name"));
        var (_, found) = await app.As(StoreFlowApp.Staff).Get($"/stores/1/orders?q={Uri.EscapeDataString(name)}");
        Assert.Contains(found.GetProperty("orders").EnumerateArray(), one => one.Number("id") == order.Number("id"));
    }

    [Fact]
    public async Task A_price_that_the_caller_sends_is_ignored()
    {
        var body = With("pickup", "items", """
            [{"product_id":1,"quantity":1,"unit_price":1,"price":1,"line_total":1,"name":"Gold","sku":"GOLD"}]
            """);
        foreach (var field in new[] { "subtotal", "shipping_cost", "total", "currency", "status", "version", "id", "public_id" })
            body[field] = 1;

        var (status, view) = await app.As(null).Post("/checkout", body);

        Assert.Equal(201, status);
        Assert.Equal((480, 0, 480, "EUR", "pending", 1),
            (view.Number("subtotal"), view.Number("shipping_cost"), view.Number("total"),
                view.Text("currency"), view.Text("status"), view.Number("version")));
        Assert.Equal("Sourdough loaf", view.GetProperty("items")[0].Text("name"));
    }

    private static JsonObject With(string type, string field, string value)
    {
        var body = JsonSerializer.SerializeToNode(Scenarios.CheckoutBody(type))!.AsObject();
        var path = field.Replace("[0]", ".0").Split('.');
        JsonNode parent = body;
        foreach (var step in path[..^1])
            parent = (parent is JsonArray array ? array[int.Parse(step)] : parent[step])!;
        parent[path[^1]] = JsonNode.Parse(value);
        return body;
    }
}
