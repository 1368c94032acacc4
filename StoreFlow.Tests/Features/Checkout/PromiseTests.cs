using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.Checkout;

/// <summary>What checkout promises, and which wishes it takes. The store's day is Sunday, 22 November 2026, 11:15 in Berlin.</summary>
public sealed class PromiseTests : IClassFixture<PromiseTests.BerlinShop>
{
    private const string Hours = """{"mon":["08:00-18:00"],"tue":["08:00-18:00"],"sun":["09:00-12:00"]}""";

    private readonly StoppedClockApp _app;

    public sealed class BerlinShop : StoppedClockApp
    {
        public BerlinShop()
        {
            using var db = OpenDatabase();
            db.Execute(
                "UPDATE stores SET time_zone = 'Europe/Berlin', opening_hours = @Hours, preparation_minutes = 25 WHERE id = 1",
                new { Hours });
        }
    }

    public PromiseTests(BerlinShop app) => _app = app;

    [Fact]
    public async Task A_pickup_is_promised_after_its_preparation_and_a_parcel_by_the_end_of_its_day()
    {
        Assert.Equal("2026-11-22T10:40:30.123Z", (await _app.PendingOrder()).Text("promised_at"));
        Assert.Equal("2026-11-23T17:00:00.000Z", (await _app.PendingOrder("shipping")).Text("promised_at"));
        Assert.Equal(JsonValueKind.Null, (await _app.PendingOrder()).GetProperty("pickup_at").ValueKind);
    }

    [Theory]
    [InlineData("2026-11-22T10:55:00Z")]       // today, before it closes
    [InlineData("2026-11-23T08:00:00+01:00")]  // tomorrow, as it opens
    [InlineData("2026-11-29T10:15:30.123Z")]   // seven days ahead, to the millisecond
    public async Task A_wish_becomes_the_promise_and_the_customer_reads_it(string wish)
    {
        var body = Body(wish);
        var (status, view) = await _app.As(null).Post("/checkout", body);
        Assert.Equal(201, status);
        Assert.Equal(DateTimeOffset.Parse(wish, null), view.GetProperty("promised_at").GetDateTimeOffset());

        var (_, found) = await _app.As(StoreFlowApp.Staff).Get($"/stores/1/orders?q={view.Text("reference")}");
        var order = found.GetProperty("orders")[0];
        Assert.Equal(view.Text("promised_at"), order.Text("pickup_at"));
        Assert.Contains("Ready about", await _app.As(null).GetStringAsync($"/track/{view.Text("public_id")}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-22T10:40:30.122Z", 400, "invalid_request", null)]                   // before it can be ready
    [InlineData("2020-01-01T00:00:00Z", 400, "invalid_request", null)]
    [InlineData("9999-12-31T23:59:59Z", 400, "invalid_request", null)]
    [InlineData("2026-11-29T10:15:30.124Z", 400, "invalid_request", null)]                   // more than seven days ahead
    [InlineData("2026-11-22T11:00:00Z", 409, "store_closed", "2026-11-23T07:00:00.000Z")]    // as it closes
    [InlineData("2026-11-23T03:00:00Z", 409, "store_closed", "2026-11-23T07:00:00.000Z")]
    [InlineData("2026-11-28T12:00:00Z", 409, "store_closed", "2026-11-29T08:00:00.000Z")]
    public async Task A_wish_that_cannot_be_had_is_refused_with_the_nearest_that_can(string wish, int status, string code, string? opening)
    {
        var refusal = await _app.CheckoutRefused(Body(wish));
        refusal.Is(status, code, "pickup_at");
        Assert.Contains("The nearest possible time is", refusal.Body.Text("detail"), StringComparison.Ordinal);
        if (opening is not null)
            Assert.Equal(opening, refusal.Body.Text("next_opening"));
    }

    [Fact]
    public async Task A_parcel_takes_no_wish()
    {
        var body = Scenarios.CheckoutBody("shipping");
        body["pickup_at"] = "2026-11-23T09:00:00Z";
        (await _app.CheckoutRefused(body)).Is(400, "invalid_request", "pickup_at");
        (await _app.CheckoutRefused(Body("tomorrow"))).Is(400, "invalid_request", "pickup_at");
        (await _app.CheckoutRefused(Body("2026-11-23T09:00:00"))).Is(400, "invalid_request", "pickup_at"); // nine o'clock where?
    }

    [Fact]
    public async Task The_catalogue_says_when_the_store_is_open_and_from_when_an_order_can_be_collected()
    {
        var (_, catalogue) = await _app.As(null).Get("/stores/1/catalogue");
        Assert.True(catalogue.GetProperty("open_now").GetBoolean());
        Assert.Equal(JsonValueKind.Null, catalogue.GetProperty("next_opening").ValueKind);
        Assert.Equal("2026-11-22T10:45:00.000Z", catalogue.Text("pickup_from"));
    }

    private static Dictionary<string, object?> Body(string wish)
    {
        var body = Scenarios.CheckoutBody();
        body["pickup_at"] = wish;
        return body;
    }
}
