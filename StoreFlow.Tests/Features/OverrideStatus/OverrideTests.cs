using System.Text.Json;

namespace StoreFlow.Tests.Features.OverrideStatus;

/// <summary>What the owner may override, and what not even the owner may.</summary>
public sealed class OverrideTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  no ")]
    [InlineData("ok\0ay")]
    public Task A_reason_is_needed(string? reason) => RefusedBecauseOf("reason", new { status = "ready", reason });

    [Fact]
    public async Task A_reason_has_3_to_500_characters_and_stands_in_the_history()
    {
        await RefusedBecauseOf("reason", new { status = "ready", reason = new string('x', 501) });
        foreach (var reason in new[] { "why", new string('x', 500), "Two\nlines, “quotes” & <b>tags</b> 🍞" })
        {
            var id = (await app.PendingOrder()).Number("id");
            await Override(id, new { status = "ready", reason = $"  {reason} " });
            Assert.Equal(reason, (await LastMeta(id)).Text("reason"));
        }
    }

    [Theory]
    [InlineData("accepted")]
    [InlineData("packing")]
    [InlineData("pending")]
    public async Task Going_back_before_shipped_clears_the_parcel_and_the_history_keeps_it(string to)
    {
        var order = await app.OrderIn("shipped", "shipping");
        var id = order.Number("id");

        var back = await Override(id, new { status = to, reason = "The carrier brought it back" });

        Assert.Equal((to, "pending", 5), (back.Text("status"), back.Text("shipping_status"), back.Number("version")));
        foreach (var gone in new[] { "tracking_code", "tracking_url", "ready_at", "completed_at" })
            Assert.Equal(JsonValueKind.Null, back.GetProperty(gone).ValueKind);
        var meta = await LastMeta(id);
        Assert.Equal(("shipped", to, "pending"), (meta.Text("old_status"), meta.Text("new_status"), meta.Text("shipping_status")));
        Assert.Equal(("1Z-999", "https://carrier.example/t/1Z-999"), (meta.Text("old_tracking_code"), meta.Text("old_tracking_url")));
        var (_, view) = await app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        Assert.Equal(
            (to, "pending", JsonValueKind.Null),
            (view.Text("status"), view.Text("shipping_status"), view.GetProperty("tracking_code").ValueKind));
    }

    [Theory]
    [InlineData("pickup", "in_progress")]
    [InlineData("shipping", "packing")]
    public async Task Accepted_at_tells_of_the_first_time_only(string type, string from)
    {
        var order = await app.OrderIn(from, type);
        var (id, first) = (order.Number("id"), order.Text("accepted_at"));
        app.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(first, (await Override(id, new { status = "accepted", reason = "A wrong click" })).Text("accepted_at"));
        Assert.Equal(first, (await Override(id, new { status = "pending", reason = "Another one" })).Text("accepted_at"));
        app.Time.Advance(TimeSpan.FromHours(1));

        var (_, again) = await app.As(StoreFlowApp.Staff).Post($"/orders/{id}/accept");

        Assert.Equal(("accepted", first), (again.Text("status"), again.Text("accepted_at")));
    }

    [Fact]
    public async Task Ready_and_completed_are_told_when_they_are_reached_by_override_too()
    {
        var id = (await app.PendingOrder()).Number("id");
        app.Time.Advance(TimeSpan.FromHours(1));
        var now = app.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        Assert.Equal(now, (await Override(id, new { status = "ready", reason = "Made before opening" })).Text("ready_at"));
        var done = await Override(id, new { status = "completed", reason = "Collected before opening" });
        Assert.Equal((now, now), (done.Text("ready_at"), done.Text("completed_at")));
    }

    [Fact]
    public async Task Shipped_needs_a_tracking_code_by_override_too()
    {
        var id = (await app.PendingOrder("shipping")).Number("id");
        (await app.Refused(id, () => Try(id, new { status = "shipped", reason = "Sent from home" })))
            .Is(400, "invalid_request", "tracking_code");

        var shipped = await Override(id, new { status = "shipped", reason = "Sent from home", tracking_code = "H-1" });
        Assert.Equal(("shipped", "shipped", "H-1", "https://carrier.example/t/H-1"),
            (shipped.Text("status"), shipped.Text("shipping_status"), shipped.Text("tracking_code"), shipped.Text("tracking_url")));
        Assert.Equal("H-1", (await LastMeta(id)).Text("tracking_code"));
    }

    [Fact]
    public async Task Delivered_takes_the_code_that_is_there_or_needs_one()
    {
        var never = (await app.PendingOrder("shipping")).Number("id");
        (await app.Refused(never, () => Try(never, new { status = "delivered", reason = "Brought by hand" })))
            .Is(400, "invalid_request", "tracking_code");
        var brought = await Override(never, new { status = "delivered", reason = "Brought by hand", tracking_code = "H-1" });
        Assert.Equal("H-1", brought.Text("tracking_code"));

        var shipped = (await app.OrderIn("shipped", "shipping")).Number("id");
        var delivered = await Override(shipped, new { status = "delivered", reason = "The customer called" });
        Assert.Equal(
            ("delivered", "1Z-999", "https://carrier.example/t/1Z-999"),
            (delivered.Text("shipping_status"), delivered.Text("tracking_code"), delivered.Text("tracking_url")));
    }

    [Theory]
    [InlineData("pickup", "completed", "ready")]
    [InlineData("shipping", "delivered", "shipped")]
    [InlineData("pickup", "pending", "packing")]
    [InlineData("shipping", "accepted", "ready")]
    [InlineData("pickup", "ready", "ready")]
    public async Task The_end_is_the_end_and_a_kind_is_a_kind(string type, string from, string to)
    {
        var id = (await app.OrderIn(from, type)).Number("id");
        var answer = await app.Refused(id, () => Try(id, new { status = to, reason = "Let me", tracking_code = "1Z-1" }));
        answer.Is(409, "transition_not_allowed");
        Assert.Equal(from, answer.Body.GetProperty("current").Text("status"));
    }

    [Fact]
    public async Task The_history_says_that_it_was_an_override_and_whose()
    {
        var id = (await app.PendingOrder()).Number("id");
        await Override(id, new { status = "ready", reason = "Made before opening", version = 1 });
        var entry = (await app.As(StoreFlowApp.Staff).Get($"/orders/{id}/history")).Body.GetProperty("entries")[1];
        Assert.Equal(("status_overridden", "Olga", 2), (entry.Text("action"), entry.Text("actor"), entry.Number("version")));
    }

    private async Task RefusedBecauseOf(string field, object body)
    {
        var id = (await app.PendingOrder()).Number("id");
        (await app.Refused(id, () => Try(id, body))).Is(400, "invalid_request", field);
    }

    private Task<(int Status, JsonElement Body)> Try(long id, object body) =>
        app.As(StoreFlowApp.Owner).Post($"/orders/{id}/override", body);

    private async Task<JsonElement> Override(long id, object body)
    {
        var (status, order) = await Try(id, body);
        Assert.Equal(200, status);
        return order;
    }

    private async Task<JsonElement> LastMeta(long id) =>
        (await app.As(StoreFlowApp.Owner).Get($"/orders/{id}/history")).Body
            .GetProperty("entries").EnumerateArray().Last().GetProperty("meta");
}
