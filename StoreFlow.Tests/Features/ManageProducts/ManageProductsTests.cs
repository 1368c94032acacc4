using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.ManageProducts;

/// <summary>Products over HTTP: who may, what is refused, two people at one product, and the log of it all.</summary>
public sealed class ManageProductsTests : IClassFixture<StoreFlowApp>
{
    private const string Products = "/merchant/stores/1/products";

    private readonly StoreFlowApp _app;
    private readonly HttpClient _owner;
    private readonly HttpClient _manager;

    public ManageProductsTests(StoreFlowApp app)
    {
        _app = app;
        (_owner, _manager) = (app.As(StoreFlowApp.Owner), app.As(StoreFlowApp.Manager));
    }

    [Fact]
    public async Task A_manager_adds_and_changes_a_product_and_the_shop_and_the_log_follow()
    {
        var (status, made) = await _manager.Post(Products, new
        {
            sku = "CAKE-1",
            name = "Plum cake",
            price = 1250,
            category = "Cake",
            sort_order = -5
        });
        Assert.Equal((201, "CAKE-1", 1250, true, 1), (status, made.Text("sku"), made.Number("price"),
            made.GetProperty("on_sale").GetBoolean(), made.Number("version")));

        var (changed, now) = await _manager.Patch($"{Products}/{made.Number("id")}", new { price = 1300, version = 1 });
        Assert.Equal((200, 1300, 2, "Plum cake"), (changed, now.Number("price"), now.Number("version"), now.Text("name")));

        var (_, catalogue) = await _app.As(null).Get("/stores/1/catalogue");
        var first = catalogue.GetProperty("products")[0];
        Assert.Equal(("CAKE-1", 1300, "Cake"), (first.Text("sku"), first.Number("price"), first.Text("category")));
        var (_, prices) = await _manager.Get($"{Products}/{made.Number("id")}/prices");
        Assert.Equal(["1300 Mina", "1250 Mina"],
            prices.GetProperty("price_history").EnumerateArray().Select(price => $"{price.Number("price")} {price.Text("actor")}"));

        var (_, log) = await _owner.Get("/merchant/log?limit=1");
        var entry = log.GetProperty("entries")[0];
        Assert.Equal(("Mina", "product", "Plum cake", "changed"), (entry.Text("actor"), entry.Text("kind"), entry.Text("subject"),
            entry.Text("action")));
        var change = Assert.Single(entry.GetProperty("changes").EnumerateArray());
        Assert.Equal(("price", "1250", "1300"), (change.Text("field"), change.Text("before"), change.Text("after")));
    }

    [Fact]
    public async Task The_second_of_two_who_edit_one_product_is_told_by_whom_and_nothing_is_lost()
    {
        var made = await Made("TWO-1");
        Assert.Equal(200, (await _manager.Patch($"{Products}/{made}", new { price = 500, version = 1 })).Status);
        var before = Traces();

        var (status, problem) = await _owner.Patch($"{Products}/{made}", new { name = "Renamed", version = 1 });

        Assert.Equal((409, "stale"), (status, problem.Text("code")));
        Assert.StartsWith("Mina changed this", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("(price)", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(before, Traces());
        Assert.Equal(200, (await _owner.Patch($"{Products}/{made}", new { name = "Renamed", version = 2 })).Status);
        Assert.Equal(("Renamed", 500), await NameAndPrice(made));
    }

    [Fact]
    public async Task A_new_price_does_not_put_a_product_back_on_sale()
    {
        var made = await Made("OUT-1");
        var tomorrow = DateTimeOffset.UtcNow.AddDays(1);
        Assert.Equal(200, (await _owner.Patch("/stores/1/service",
            new { products = new[] { new { product_id = made, on_sale = false, back_at = tomorrow } } })).Status);

        var (_, now) = await _owner.Patch($"{Products}/{made}", new { price = 99 });

        Assert.False(now.GetProperty("on_sale").GetBoolean());
        Assert.NotEqual(JsonValueKind.Null, now.GetProperty("back_at").ValueKind);
        Assert.True((await _owner.Patch($"{Products}/{made}", new { on_sale = true })).Body.GetProperty("on_sale").GetBoolean());
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"price": -1}""", "price" },
        { """{"price": 1000000001}""", "price" },
        { """{"name": ""}""", "name" },
        { """{"name": " Bun "}""", "name" },
        { """{"sku": ""}""", "sku" },
        { """{"sku": "BREAD-SOUR"}""", "sku" },
        { """{"category": ""}""", "category" },
        { """{"sort_order": 99999999}""", "sort_order" },
        { """{"price": "1"}""", "price" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_cannot_be_used_is_refused_at_its_field_and_changes_nothing(string body, string field)
    {
        var made = await Made($"BAD-{Guid.NewGuid():N}");
        var before = Traces();
        var (status, problem) = await _owner.Patch($"{Products}/{made}", JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, "invalid_request"), (status, problem.Text("code")));
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(before, Traces());
    }

    [Fact]
    public async Task Staff_and_other_merchants_change_nothing()
    {
        var before = Traces();
        Assert.Equal(403, (await _app.As(StoreFlowApp.Staff).Patch($"{Products}/1", new { price = 1 })).Status);
        Assert.Equal(404, (await _app.As(StoreFlowApp.Rival).Patch($"{Products}/1", new { price = 1 })).Status);
        Assert.Equal(404, (await _owner.Patch("/merchant/stores/2/products/1", new { price = 1 })).Status); // another store's product
        Assert.Equal(401, (await _app.As(null).Patch($"{Products}/1", new { price = 1 })).Status);
        Assert.Equal(before, Traces());
    }

    [Fact]
    public async Task A_shipping_method_is_added_changed_and_taken_out_of_the_shop()
    {
        const string methods = "/merchant/stores/2/shipping-methods";
        Assert.Equal(201, (await _manager.Post(methods, new
        {
            code = "bike",
            name = "By bicycle",
            price = 300,
            own_courier = true
        })).Status);
        Assert.Equal(400, (await _manager.Post(methods, new { code = "bike", name = "Again", price = 300 })).Status);
        var (status, problem) = await _manager.Patch($"{methods}/bike", new { tracking_url_template = "https://carrier.example/t/" });
        Assert.Equal((400, "tracking_url_template"), (status, problem.GetProperty("errors").EnumerateObject().Single().Name));
        Assert.Contains("bike", (await _app.As(null).Get("/stores/2/catalogue")).Body.GetRawText(), StringComparison.Ordinal);

        Assert.Equal(200, (await _manager.Patch($"{methods}/bike", new { active = false })).Status);

        Assert.DoesNotContain("bike", (await _app.As(null).Get("/stores/2/catalogue")).Body.GetRawText(), StringComparison.Ordinal);
    }

    private async Task<long> Made(string sku) =>
        (await _owner.Post(Products, new { sku, name = "A thing", price = 100 })).Body.Number("id");

    private async Task<(string, long)> NameAndPrice(long id)
    {
        var (_, list) = await _owner.Get(Products);
        var product = list.GetProperty("products").EnumerateArray().Single(product => product.Number("id") == id);
        return (product.Text("name"), product.Number("price"));
    }

    private string Traces()
    {
        using var db = _app.OpenDatabase();
        return JsonSerializer.Serialize(db.Query("SELECT * FROM products")) + db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchant_log");
    }
}
