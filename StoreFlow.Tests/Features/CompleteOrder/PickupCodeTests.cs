using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.CompleteOrder;

/// <summary>A store that asks for the code hands over for it only; who may leave it out says why, and that is kept.</summary>
public sealed class PickupCodeTests : IClassFixture<StoreFlowApp>
{
    private readonly StoreFlowApp _app;

    public PickupCodeTests(StoreFlowApp app)
    {
        _app = app;
        using var db = app.OpenDatabase();
        db.Execute("UPDATE stores SET asks_for_code = 1 WHERE id = 1");
    }

    [Fact]
    public async Task The_customers_code_opens_the_order_and_stands_on_the_customers_page_only()
    {
        var order = await _app.OrderIn("ready");
        var code = await CodeOf(order);
        Assert.Matches("^[0-9]{4}$", code);
        Assert.DoesNotContain("pickup_code", order.GetRawText());
        var (_, history) = await _app.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}/history");
        Assert.DoesNotContain("pickup_code", history.GetRawText());

        var (status, done) = await Complete(order, new { pickup_code = code });
        Assert.Equal((200, "completed"), (status, done.Text("status")));
    }

    [Fact]
    public async Task Without_it_or_with_a_wrong_one_the_order_stays_and_the_sixth_try_waits_a_minute()
    {
        var order = await _app.OrderIn("ready");
        var id = order.Number("id");
        var code = await CodeOf(order);
        var wrong = code == "0000" ? "0001" : "0000";
        (await _app.Refused(id, () => Complete(order))).Is(400, "invalid_request", "pickup_code");
        (await _app.Refused(id, () => Complete(order, new { pickup_code = "12x4" }))).Is(400, "invalid_request", "pickup_code");
        for (var i = 0; i < 5; i++)
            (await _app.Refused(id, () => Complete(order, new { pickup_code = wrong }))).Is(400, "invalid_request", "pickup_code");
        (await _app.Refused(id, () => Complete(order, new { pickup_code = wrong }))).Is(429, "too_many_requests");
        (await _app.Refused(id, () => Complete(order, new { pickup_code = code }))).Is(429, "too_many_requests");

        var other = await _app.OrderIn("ready");
        Assert.Equal(200, (await Complete(other, new { pickup_code = await CodeOf(other) })).Status);
    }

    [Fact]
    public async Task A_minute_after_the_last_wrong_one_the_right_one_opens_it()
    {
        using var app = new StoppedClockApp();
        var order = await app.OrderIn("ready");
        var code = await CodeOf(app, order);
        var route = $"/orders/{order.Number("id")}/complete";
        var staff = app.As(StoreFlowApp.Staff);
        for (var i = 0; i < 5; i++)
            (await staff.Post(route, new { pickup_code = code == "0000" ? "0001" : "0000" })).Is(400, "invalid_request", "pickup_code");
        app.Time.Advance(TimeSpan.FromSeconds(59));
        (await staff.Post(route, new { pickup_code = code })).Is(429, "too_many_requests");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await staff.Post(route, new { pickup_code = code })).Status);
        using var db = app.OpenDatabase();
        Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM wrong_codes"));
    }

    [Fact]
    public async Task The_one_door_asks_for_it_too()
    {
        var order = await _app.OrderIn("ready");
        var staff = _app.As(StoreFlowApp.Staff);
        var route = $"/orders/{order.Number("id")}/status";
        (await staff.Patch(route, new { status = "completed" })).Is(400, "invalid_request", "pickup_code");
        Assert.Equal(200, (await staff.Patch(route, new { status = "completed", pickup_code = await CodeOf(order) })).Status);

        var several = await _app.OrderIn("ready");
        var (_, body) = await staff.Post("/stores/1/orders/steps", new { order_ids = new[] { several.Number("id") }, to = "completed" });
        Assert.Equal(400, body.GetProperty("answers")[0].GetProperty("problem").Number("status"));
    }

    [Fact]
    public async Task A_manager_hands_over_without_it_and_says_why()
    {
        var order = await _app.OrderIn("ready");
        var id = order.Number("id");
        (await _app.Refused(id, () => Complete(order, new { reason = "Her phone is dead" }))).Is(403, "forbidden");
        (await _app.Refused(id, () => Complete(order, new { reason = "x" }, StoreFlowApp.Manager))).Is(400, "invalid_request", "reason");
        Assert.Equal(200, (await Complete(order, new { reason = "Her phone is dead" }, StoreFlowApp.Manager)).Status);

        var (_, history) = await _app.As(StoreFlowApp.Staff).Get($"/orders/{id}/history");
        var last = history.GetProperty("entries").EnumerateArray().Last();
        Assert.Equal(("status_changed", "Her phone is dead"), (last.Text("action"), last.GetProperty("meta").Text("reason")));
        Assert.Equal("completed", last.GetProperty("meta").Text("new_status"));
        Assert.Equal(0, (await StoreFlowProcess.Run(_app.Folder, "verify")).Exit);
    }

    [Fact]
    public async Task A_repeat_under_a_key_is_answered_as_before()
    {
        var order = await _app.OrderIn("ready");
        var client = _app.As(StoreFlowApp.Staff);
        client.DefaultRequestHeaders.Add("Idempotency-Key", $"hand-over-{order.Number("id")}");
        var body = new { pickup_code = await CodeOf(order) };
        var first = await client.Post($"/orders/{order.Number("id")}/complete", body);
        var second = await client.Post($"/orders/{order.Number("id")}/complete", body);
        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Body.GetRawText(), second.Body.GetRawText());
    }

    [Fact]
    public async Task A_store_that_does_not_ask_still_refuses_a_wrong_one()
    {
        var order = await _app.OrderIn("ready", store: 2);
        var owner = _app.As(StoreFlowApp.Owner);
        var code = await CodeOf(order);
        var route = $"/orders/{order.Number("id")}/complete";
        (await owner.Post(route, new { pickup_code = code == "0000" ? "0001" : "0000" })).Is(400, "invalid_request", "pickup_code");
        Assert.Equal(200, (await owner.Post(route)).Status);
    }

    [Fact]
    public async Task A_parcel_has_no_code()
    {
        var order = await _app.PendingOrder("shipping");
        var (_, view) = await _app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        Assert.Equal(JsonValueKind.Null, view.GetProperty("pickup_code").ValueKind);
    }

    private Task<(int Status, JsonElement Body)> Complete(JsonElement order, object? body = null, string token = StoreFlowApp.Staff) =>
        _app.As(token).Post($"/orders/{order.Number("id")}/complete", body);

    private Task<string> CodeOf(JsonElement order) => CodeOf(_app, order);

    private static async Task<string> CodeOf(StoreFlowApp app, JsonElement order) =>
        (await app.As(null).Get($"/customer/{order.Text("public_id")}/order")).Body.Text("pickup_code");
}
