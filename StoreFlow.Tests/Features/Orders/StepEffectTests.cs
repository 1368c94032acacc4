using System.Text.Json;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>What each step sets, and when: the clock moves an hour before every step.</summary>
public sealed class StepEffectTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    private static readonly string[] Instants = ["created_at", "accepted_at", "started_at", "ready_at", "completed_at", "cancelled_at"];

    [Fact]
    public async Task A_pickup_order_gets_its_instants_one_by_one_and_never_a_parcel()
    {
        var order = await app.PendingOrder();
        var times = new Dictionary<string, string> { ["created_at"] = order.Text("created_at") };
        foreach (var (step, instant) in new[]
        {
            ("accept", "accepted_at"), ("start-preparation", "started_at"), ("mark-ready", "ready_at"), ("complete", "completed_at"),
        })
        {
            var now = Hour();
            order = await Step(order, step, null);
            if (instant is not null)
                times[instant] = now;
            Assert.Equal(times, Times(order));
            Assert.Equal(JsonValueKind.Null, order.GetProperty("shipping_status").ValueKind);
            Assert.Equal(JsonValueKind.Null, order.GetProperty("tracking_code").ValueKind);
        }
        Assert.Equal("completed", order.Text("status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shipping_order_gets_its_instants_and_its_parcels_status(bool packed)
    {
        var order = await app.PendingOrder("shipping");
        var times = new Dictionary<string, string> { ["created_at"] = order.Text("created_at") };
        foreach (var (step, instant, parcel) in new[]
        {
            ("accept", "accepted_at", "pending"), ("start-packing", "started_at", "pending"), ("ship", "ready_at", "shipped"),
            ("mark-delivered", "completed_at", "delivered"),
        })
        {
            if (step == "start-packing" && !packed)
                continue;
            var now = Hour();
            order = await Step(order, step, Scenarios.BodyOf(step));
            if (instant is not null)
                times[instant] = now;
            Assert.Equal(times, Times(order));
            Assert.Equal(parcel, order.Text("shipping_status"));
        }
        Assert.Equal(
            ("delivered", "1Z-999", "https://carrier.example/t/1Z-999"),
            (order.Text("status"), order.Text("tracking_code"), order.Text("tracking_url")));
    }

    [Theory]
    [InlineData("pickup", new[] { "accept", "start-preparation", "mark-ready", "complete" })]
    [InlineData("shipping", new[] { "accept", "start-packing", "ship", "mark-delivered" })]
    public async Task Every_step_makes_the_version_grow_by_one_and_leaves_one_audit_row_in_its_actors_name(string type, string[] steps)
    {
        var order = await app.PendingOrder(type);
        var id = order.Number("id");
        foreach (var step in steps)
        {
            var moved = await Step(order, step, Scenarios.BodyOf(step));
            Assert.Equal(order.Number("version") + 1, moved.Number("version"));
            Assert.Equal(moved.GetRawText(), (await app.As(StoreFlowApp.Staff).Get($"/orders/{id}")).Body.GetRawText());
            var last = (await History(id))[^1];
            Assert.Equal(
                ("Sam", moved.Number("version"), "status_changed"), (last.Text("actor"), last.Number("version"), last.Text("action")));
            Assert.Equal(
                (order.Text("status"), moved.Text("status")),
                (last.GetProperty("meta").Text("old_status"), last.GetProperty("meta").Text("new_status")));
            order = moved;
        }
        Assert.Equal(1 + steps.Length, (await History(id)).Count);
    }

    [Fact]
    public async Task Where_neither_caller_nor_method_has_a_URL_there_is_none()
    {
        var order = await app.OrderIn("packing", "shipping", store: 3);     // the rival's carrier has no template
        var (_, shipped) = await app.As(StoreFlowApp.Rival).Post($"/orders/{order.Number("id")}/ship", new { tracking_code = "1Z-999" });
        Assert.Equal("1Z-999", shipped.Text("tracking_code"));
        Assert.Equal(JsonValueKind.Null, shipped.GetProperty("tracking_url").ValueKind);
    }

    [Fact]
    public async Task A_correction_of_tracking_changes_that_and_nothing_else()
    {
        var order = await app.OrderIn("shipped", "shipping");
        Hour();
        var (status, corrected) = await app.As(StoreFlowApp.Staff).Patch(
            $"/orders/{order.Number("id")}/tracking", new { tracking_code = "1Z-998", version = 4 });

        Assert.Equal(
            (200, "shipped", "shipped", 5),
            (status, corrected.Text("status"), corrected.Text("shipping_status"), corrected.Number("version")));
        Assert.Equal(("1Z-998", "https://carrier.example/t/1Z-998"), (corrected.Text("tracking_code"), corrected.Text("tracking_url")));
        Assert.Equal(Times(order), Times(corrected));
        var last = (await History(order.Number("id")))[^1];
        Assert.Equal("tracking_corrected", last.Text("action"));
        Assert.Equal(
            ("1Z-999", "1Z-998"),
            (last.GetProperty("meta").Text("old_tracking_code"), last.GetProperty("meta").Text("tracking_code")));
    }

    private string Hour()
    {
        app.Time.Advance(TimeSpan.FromHours(1));
        return app.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
    }

    private async Task<JsonElement> Step(JsonElement order, string step, object? body)
    {
        var (status, moved) = await app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/{step}", body);
        Assert.Equal(200, status);
        return moved;
    }

    private async Task<List<JsonElement>> History(long id) =>
        [.. (await app.As(StoreFlowApp.Owner).Get($"/orders/{id}/history")).Body.GetProperty("entries").EnumerateArray()];

    private static Dictionary<string, string> Times(JsonElement order) =>
        Instants
            .Where(name => order.GetProperty(name).ValueKind is JsonValueKind.String)
            .ToDictionary(name => name, name => order.Text(name));
}
