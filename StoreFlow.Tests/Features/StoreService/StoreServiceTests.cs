using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.StoreService;

/// <summary>Busy, paused, sold out: the next checkout and the catalogue follow at once, and who said so is kept.</summary>
public sealed class StoreServiceTests : IDisposable
{
    private const string Route = "/stores/1/service";
    private readonly StoppedClockApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Busy_adds_its_minutes_to_new_promises_until_it_ends()
    {
        var before = await _app.PendingOrder();
        Assert.Equal("2026-11-22T10:35:30.123Z", before.Text("promised_at"));
        var (status, service) = await Change(new { busy_minutes = 25, busy_until = "2026-11-22T11:00:00Z" });
        Assert.Equal((200, 25L, "2026-11-22T11:00:00.000Z"), (status, service.Number("busy_minutes"), service.Text("busy_until")));
        Assert.Equal("2026-11-22T11:00:30.123Z", (await _app.PendingOrder()).Text("promised_at"));
        Assert.Equal(before.Text("promised_at"), (await Order(before)).Text("promised_at")); // what was promised stays

        _app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("2026-11-22T11:35:30.123Z", (await _app.PendingOrder()).Text("promised_at"));
        Assert.Equal(0, (await Service()).Number("busy_minutes"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public async Task Busy_is_over_at_once_when_somebody_says_so(int? minutes)
    {
        await Change(new { busy_minutes = 25, busy_until = "2026-11-22T11:00:00Z" });
        Assert.Equal(200, (await Change(new { busy_minutes = minutes })).Status);
        Assert.Equal("2026-11-22T10:35:30.123Z", (await _app.PendingOrder()).Text("promised_at"));
    }

    [Fact]
    public async Task A_pause_takes_no_new_orders_and_says_when_the_store_opens()
    {
        var waiting = await _app.PendingOrder();
        Assert.Equal(200, (await Change(new { paused_until = "2026-11-22T12:00:00Z" })).Status);
        foreach (var type in new[] { "pickup", "shipping" })
        {
            var refused = await _app.CheckoutRefused(Scenarios.CheckoutBody(type));
            refused.Is(409, "store_closed");
            Assert.Equal("2026-11-22T12:00:00.000Z", refused.Body.Text("next_opening"));
        }
        (await _app.As(StoreFlowApp.Staff).Post("/stores/1/orders", Scenarios.CheckoutBody())).Is(409, "store_closed");
        var (_, catalogue) = await _app.As(null).Get("/stores/1/catalogue");
        Assert.False(catalogue.GetProperty("open_now").GetBoolean());
        Assert.Equal("2026-11-22T12:00:00.000Z", catalogue.Text("next_opening"));
        Assert.Equal("2026-11-22T12:00:00.000Z", catalogue.Text("paused_until"));
        Assert.Equal("accepted", (await _app.Step(waiting, "accept")).Text("status")); // work goes on
        Assert.Equal(201, (await _app.As(null).Post("/checkout", Scenarios.CheckoutBody(store: 2))).Status);

        Assert.Equal(200, (await Change(new { paused_until = (string?)null })).Status);
        await _app.PendingOrder();
    }

    [Fact]
    public async Task A_pause_ends_by_itself()
    {
        await Change(new { paused_until = "2026-11-22T12:00:00Z" });
        _app.Time.Advance(TimeSpan.FromHours(2));
        await _app.PendingOrder();
        Assert.Equal(JsonValueKind.Null, (await Service()).GetProperty("paused_until").ValueKind);
    }

    [Fact]
    public async Task A_product_that_is_sold_out_is_neither_shown_nor_sold_until_it_is_back()
    {
        var soldOut = new { product_id = 1, on_sale = false, back_at = "2026-11-22T23:00:00Z" };
        Assert.Equal(200, (await Change(new { products = new[] { soldOut } })).Status);
        Assert.DoesNotContain(1L, await OnSale());
        (await _app.CheckoutRefused(Scenarios.CheckoutBody())).Is(400, "invalid_request", "items[0].product_id");

        _app.Time.Advance(TimeSpan.FromHours(13));
        Assert.Contains(1L, await OnSale());
        await _app.PendingOrder();

        await Change(new { products = new[] { new { product_id = 1, on_sale = false } } });
        _app.Time.Advance(TimeSpan.FromDays(60));
        Assert.DoesNotContain(1L, await OnSale());
        await Change(new { products = new[] { new { product_id = 1, on_sale = true } } });
        Assert.Contains(1L, await OnSale());
    }

    [Fact]
    public async Task Each_change_is_kept_with_its_author()
    {
        await Change(new { busy_minutes = 25, busy_until = "2026-11-22T11:00:00Z" });
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        await _app.As(StoreFlowApp.Owner).Patch(Route, new { paused_until = (string?)null });
        var changes = (await Service()).GetProperty("changes").EnumerateArray().ToList();
        Assert.Equal(["Olga", "Sam"], changes.Select(change => change.Text("actor")));
        Assert.Equal("2026-11-22T10:16:30.123Z", changes[0].Text("timestamp"));
        Assert.True(changes[0].GetProperty("meta").GetProperty("pause_ended").GetBoolean());
        Assert.Equal(25, changes[1].GetProperty("meta").Number("busy_minutes"));
    }

    [SkippableTheory]
    [InlineData("UPDATE service_log SET user_id = 2", "never changes")]
    [InlineData("DELETE FROM service_log", "never deleted")]
    [InlineData("INSERT OR REPLACE INTO service_log SELECT id, store_id, 2, meta, created_at FROM service_log", "never")]
    public async Task What_was_kept_stays(string sql, string told)
    {
        Skip.If(TestDatabase.IsPostgres && sql.StartsWith("INSERT OR", StringComparison.Ordinal), "PostgreSQL has no such statement.");
        await Change(new { busy_minutes = 0 });
        using var db = _app.OpenDatabase();
        Assert.Contains(told, Assert.ThrowsAny<DbException>(() => db.Execute(sql)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<object, string> Bad => new()
    {
        { new { }, "body" },
        { new { busy_minutes = 20 }, "busy_until" },
        { new { busy_until = "2026-11-22T11:00:00Z" }, "busy_minutes" },
        { new { busy_minutes = 241, busy_until = "2026-11-22T11:00:00Z" }, "busy_minutes" },
        { new { busy_minutes = -1, busy_until = "2026-11-22T11:00:00Z" }, "busy_minutes" },
        { new { busy_minutes = 20, busy_until = "2026-11-22T10:00:00Z" }, "busy_until" },
        { new { busy_minutes = 20, busy_until = "2026-11-24T10:00:00Z" }, "busy_until" },
        { new { paused_until = "2026-11-22T10:00:00Z" }, "paused_until" },
        { new { paused_until = "2027-11-22T10:00:00Z" }, "paused_until" },
        { new { paused_until = "tomorrow" }, "paused_until" },
        { new { products = new[] { new { product_id = 6, on_sale = false } } }, "products[0].product_id" }, // of store 2
        { new { products = new[] { new { product_id = 1 } } }, "products[0].on_sale" },
        { new { products = new[] { new { product_id = 1, on_sale = true, back_at = "2026-11-22T23:00:00Z" } } }, "products[0].back_at" },
        { new { products = new[] { new { product_id = 1, on_sale = false, back_at = "2026-11-22T01:00:00Z" } } }, "products[0].back_at" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_makes_no_sense_is_refused_by_its_field_and_changes_nothing(object body, string field)
    {
        var before = (await Service()).GetRawText();
        (await Change(body)).Is(400, "invalid_request", field);
        Assert.Equal(before, (await Service()).GetRawText());
    }

    [Fact]
    public async Task Another_store_is_not_found()
    {
        (await _app.As(StoreFlowApp.Staff).Patch("/stores/2/service", new { busy_minutes = 0 })).Is(404, "not_found");
        (await _app.As(StoreFlowApp.Rival).Get(Route)).Is(404, "not_found");
    }

    private Task<(int Status, JsonElement Body)> Change(object body) => _app.As(StoreFlowApp.Staff).Patch(Route, body);

    private async Task<JsonElement> Service() => (await _app.As(StoreFlowApp.Staff).Get(Route)).Body;

    private async Task<JsonElement> Order(JsonElement order) =>
        (await _app.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}")).Body;

    private async Task<List<long>> OnSale() =>
        [.. (await _app.As(null).Get("/stores/1/catalogue")).Body.GetProperty("products").EnumerateArray()
            .Select(product => product.Number("id"))];
}
