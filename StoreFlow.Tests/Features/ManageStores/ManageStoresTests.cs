using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.ManageStores;

/// <summary>A store's settings over HTTP, and what the shop makes of them.</summary>
public sealed class ManageStoresTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private readonly HttpClient _owner = app.As(StoreFlowApp.Owner);
    private readonly HttpClient _manager = app.As(StoreFlowApp.Manager);

    [Fact]
    public async Task The_owner_makes_a_store_and_it_can_sell()
    {
        var (status, made) = await _owner.Post("/merchant/stores", new
        {
            name = "Market Café 2",
            currency = "JPY",
            time_zone = "Asia/Tokyo"
        });
        Assert.Equal((201, "market-caf-2", "JPY"), (status, made.Text("code"), made.Text("currency")));
        var id = made.Number("id");
        Assert.Equal(201, (await _owner.Post($"/merchant/stores/{id}/products", new { sku = "A", name = "Tea", price = 480 })).Status);
        Assert.Equal("Tea", (await app.As(null).Get($"/stores/{id}/catalogue")).Body.GetProperty("products")[0].Text("name"));
        Assert.Equal("market-caf-2-2", (await _owner.Post("/merchant/stores", new
        {
            name = "Market Café 2",
            currency = "JPY"
        })).Body.Text("code"));
        Assert.Equal(400, (await _owner.Post("/merchant/stores", new { name = "Again", currency = "JPY", code = "market-caf-2" })).Status);
    }

    [Fact]
    public async Task A_manager_sets_hours_and_promises_and_no_more()
    {
        var version = await Version(2);
        var (status, now) = await _manager.Patch("/merchant/stores/2", new
        {
            opening_hours = new Dictionary<string, string[]> { ["mon"] = ["08:00-12:00", "13:00-18:00"], ["2026-12-25"] = [] },
            preparation_minutes = 35,
            dispatch_cutoff = "15:30",
            dispatch_days = new[] { "mon", "thu" },
            version,
        });
        Assert.Equal((200, 35, "15:30", version + 1), (status, now.Number("preparation_minutes"), now.Text("dispatch_cutoff"),
            now.Number("version")));
        Assert.Equal("08:00-12:00", now.GetProperty("opening_hours").GetProperty("mon")[0].GetString());

        foreach (var body in new object[] { new { name = "Mine" }, new { currency = "USD" }, new { active = false },
            new { address = (string?)null } })
            Assert.Equal(403, (await _manager.Patch("/merchant/stores/2", body)).Status);
        Assert.Equal(200, (await _manager.Patch("/merchant/stores/2", new { opening_hours = (object?)null })).Status); // always open again
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"time_zone": "Mars/Olympus"}""", "time_zone" },
        { """{"currency": "XYZ"}""", "currency" },
        { """{"currency": "XAU"}""", "currency" },
        { """{"opening_hours": {"someday": []}}""", "opening_hours.someday" },
        { """{"opening_hours": {"mon": ["8-18"]}}""", "opening_hours.mon[0]" },
        { """{"preparation_minutes": -1}""", "preparation_minutes" },
        { """{"dispatch_cutoff": "25:00"}""", "dispatch_cutoff" },
        { """{"dispatch_days": []}""", "dispatch_days" },
        { """{"lock_minutes": 0}""", "lock_minutes" },
        { """{"name": ""}""", "name" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_cannot_be_used_is_refused_at_its_field_and_changes_nothing(string body, string field)
    {
        var before = Stores();
        var (status, problem) = await _owner.Patch("/merchant/stores/2", JsonDocument.Parse(body).RootElement);
        Assert.Equal(400, status);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(before, Stores());
    }

    [Theory]
    [InlineData("berlin", "This has to be the whole name of the time zone: Europe/Berlin.")]
    [InlineData("New York", "This has to be the whole name of the time zone: America/New_York.")]
    [InlineData("Gotham", "This has to be the name of a time zone, as in Europe/Berlin.")]
    public async Task A_city_alone_is_refused_with_the_name_of_its_time_zone(string zone, string sentence)
    {
        var (status, problem) = await _owner.Patch("/merchant/stores/2", new { time_zone = zone });
        Assert.Equal((400, sentence), (status, problem.GetProperty("errors").GetProperty("time_zone")[0].GetString()));
    }

    [Theory]
    [InlineData("Etc/UTC")]
    [InlineData("Asia/Kolkata")]
    public async Task What_a_browser_or_a_server_calls_its_time_zone_is_taken(string zone) =>
        Assert.Equal(200, (await _owner.Patch("/merchant/stores/2", new { time_zone = zone })).Status);

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe/../Europe/Berlin")]
    public async Task A_path_is_no_time_zone(string zone) =>
        (await _owner.Patch("/merchant/stores/2", new { time_zone = zone })).Is(400, "invalid_request", "time_zone");

    [Fact]
    public async Task A_currency_stays_once_its_store_has_orders()
    {
        await app.PendingOrder();
        var (status, problem) = await _owner.Patch("/merchant/stores/1", new { currency = "USD" });
        Assert.Equal((400, "This store has orders in EUR, so its currency cannot change."), (status, problem.Text("detail")));
    }

    [Fact]
    public async Task A_store_that_is_switched_off_takes_no_orders_and_keeps_those_it_has()
    {
        using var own = new StoreFlowApp();
        var (owner, order) = (own.As(StoreFlowApp.Owner), await own.PendingOrder());
        Assert.Equal(200, (await owner.Patch("/merchant/stores/1", new { active = false })).Status);

        var (status, problem) = await own.CheckoutRefused(Scenarios.CheckoutBody());
        Assert.Equal((409, "store_closed"), (status, problem.Text("code")));
        var (_, catalogue) = await own.As(null).Get("/stores/1/catalogue");
        Assert.False(catalogue.GetProperty("open_now").GetBoolean());
        Assert.Equal(JsonValueKind.Null, catalogue.GetProperty("next_opening").ValueKind);
        Assert.Contains("takes no orders any more", await own.As(null).GetStringAsync("/shop/1"), StringComparison.Ordinal);
        Assert.Equal(200, (await owner.Post($"/orders/{order.Number("id")}/accept")).Status);

        Assert.Equal(200, (await owner.Patch("/merchant/stores/1", new { active = true })).Status);
        Assert.Equal(201, (await own.As(null).Post("/checkout", Scenarios.CheckoutBody())).Status);
    }

    private async Task<long> Version(long id) => (await _owner.Get("/merchant/stores")).Body.GetProperty("stores").EnumerateArray()
        .Single(store => store.Number("id") == id).Number("version");

    private string Stores()
    {
        using var db = app.OpenDatabase();
        return JsonSerializer.Serialize(db.Query("SELECT * FROM stores")) + db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchant_log");
    }
}
