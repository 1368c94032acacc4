using System.Text.Json;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>32 people click at once: exactly one wins, and the others get the current state.</summary>
public sealed class RaceTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    /// <summary>
    /// Every step from every status that it starts from, by its own route and by the one route for all steps, with and without
    /// a version.
    /// </summary>
    public static IEnumerable<object[]> Steps() =>
        from step in new (string Type, string From, string Method, string Route, string To)[]
        {
            ("pickup", "pending", "POST", "accept", "accepted"), ("shipping", "pending", "POST", "accept", "accepted"),
            ("pickup", "accepted", "POST", "start-preparation", "in_progress"), ("pickup", "in_progress", "POST", "mark-ready", "ready"),
            ("pickup", "ready", "POST", "complete", "completed"), ("shipping", "accepted", "POST", "start-packing", "packing"),
            ("shipping", "accepted", "POST", "ship", "shipped"), ("shipping", "packing", "POST", "ship", "shipped"),
            ("shipping", "shipped", "POST", "mark-delivered", "delivered"), ("pickup", "accepted", "PATCH", "status", "in_progress"),
            ("shipping", "packing", "PATCH", "status", "shipped"), ("pickup", "in_progress", "POST", "override", "completed"),
            ("pickup", "pending", "POST", "cancel", "cancelled"), ("shipping", "pending", "PATCH", "status", "cancelled"),
            ("shipping", "shipped", "POST", "override", "accepted"), ("shipping", "pending", "POST", "override", "shipped"),
        }
        from withVersion in new[] { true, false }
        select new object[] { step.Type, step.From, step.Method, step.Route, step.To, withVersion };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Of_32_on_one_step_exactly_one_wins(string type, string from, string method, string route, string to, bool withVersion)
    {
        var order = await app.OrderIn(from, type);
        await using var live = await LiveClient.OnStore(app, 1);
        var answers = await Rush(order, method, route, Enumerable.Repeat(to, 32), withVersion);

        Assert.Equal(to, Assert.Single(answers, answer => answer.Status == 200).Body.Text("status"));
        LosersKnow(answers, order.Number("version") + 1, to, withVersion ? "order_stale" : "transition_not_allowed");
        await HappenedOnce(order, live, "OrderStatusUpdated");
    }

    [Theory]
    [InlineData("pickup", "in_progress", "pending,accepted,ready,completed")]
    [InlineData("shipping", "packing", "pending,accepted,shipped,delivered")]
    public async Task Of_32_who_want_different_things_of_one_version_exactly_one_wins(string type, string from, string wishes)
    {
        var order = await app.OrderIn(from, type);
        await using var live = await LiveClient.OnStore(app, 1);
        var answers = await Rush(
            order, "POST", "override", Enumerable.Range(0, 32).Select(i => wishes.Split(',')[i % 4]), withVersion: true);

        var winner = Assert.Single(answers, answer => answer.Status == 200).Body;
        LosersKnow(answers, order.Number("version") + 1, winner.Text("status"), "order_stale");
        await HappenedOnce(order, live, "OrderStatusUpdated");
    }

    [Fact]
    public async Task Of_32_who_accept_or_turn_down_one_order_exactly_one_wins()
    {
        var order = await app.PendingOrder();
        await using var live = await LiveClient.OnStore(app, 1);
        var answers = await Rush(
            order, "PATCH", "status", Enumerable.Range(0, 32).Select(i => i % 2 == 0 ? "accepted" : "cancelled"), withVersion: true);

        var winner = Assert.Single(answers, answer => answer.Status == 200).Body;
        LosersKnow(answers, order.Number("version") + 1, winner.Text("status"), "order_stale");
        await HappenedOnce(order, live, "OrderStatusUpdated");
    }

    [Fact]
    public async Task Of_32_who_correct_one_tracking_code_exactly_one_wins()
    {
        var order = await app.OrderIn("shipped", "shipping");
        await using var live = await LiveClient.OnStore(app, 1);
        var answers = await Rush(order, "PATCH", "tracking", Enumerable.Range(0, 32).Select(i => $"1Z-{i}"), withVersion: true);

        var winner = Assert.Single(answers, answer => answer.Status == 200).Body;
        LosersKnow(answers, order.Number("version") + 1, "shipped", "order_stale");
        var (_, now) = await app.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}");
        Assert.Equal(winner.Text("tracking_code"), now.Text("tracking_code"));
        await HappenedOnce(order, live, "ShippingUpdated");
    }

    /// <summary>32 people send the same step at once. Each wants a status or, for a correction, a code.</summary>
    private async Task<(int Status, JsonElement Body)[]> Rush(
        JsonElement order, string method, string route, IEnumerable<string> wishes, bool withVersion)
    {
        var token = route == "override" ? StoreFlowApp.Owner : StoreFlowApp.Staff;
        var clients = wishes.Select(wish => (Wish: wish, Client: app.As(token))).ToList();
        var answers = await Task.WhenAll(clients.Select(one => Task.Run(() =>
            one.Client.Send(new(method), $"/orders/{order.Number("id")}/{route}", new
            {
                version = withVersion ? order.Number("version") : (long?)null,
                status = one.Wish,
                reason = "customer_asked",
                tracking_code = route == "tracking" ? one.Wish : "1Z-999",
            }))));
        Assert.Equal(32, answers.Count(answer => answer.Status is 200 or 409));
        return answers;
    }

    /// <summary>Everyone who came too late gets, in the same answer, the order as it is now and who was faster.</summary>
    private static void LosersKnow((int Status, JsonElement Body)[] answers, long version, string status, string code)
    {
        var losers = answers.Where(answer => answer.Status == 409).ToList();
        Assert.Equal(31, losers.Count);
        Assert.All(losers, loser =>
        {
            var current = loser.Body.GetProperty("current");
            Assert.Equal((code, status, version), (loser.Body.Text("code"), current.Text("status"), current.Number("version")));
            Assert.NotEqual("Customer", current.Text("changed_by"));
            Assert.Equal(JsonValueKind.Array, current.GetProperty("allowed_transitions").ValueKind);
        });
    }

    /// <summary>One version, one audit row, one announcement: the event after the winner's belongs to the next order.</summary>
    private async Task HappenedOnce(JsonElement order, LiveClient live, string name)
    {
        var (id, before) = (order.Number("id"), order.Number("version"));
        var (_, now) = await app.As(StoreFlowApp.Staff).Get($"/orders/{id}");
        Assert.Equal(before + 1, now.Number("version"));
        var (_, history) = await app.As(StoreFlowApp.Staff).Get($"/orders/{id}/history");
        Assert.Equal(before + 1, history.GetProperty("entries").GetArrayLength());

        var next = await app.PendingOrder();
        var first = await live.Next();
        Assert.Equal((name, id, before + 1), (first.Name, first.Payload.Number("order_id"), first.Payload.Number("version")));
        var then = await live.Next();
        if (then.Name == "ShippingUpdated") // of the same step
            then = await live.Next();
        Assert.Equal(("OrderCreated", next.Number("id")), (then.Name, then.Payload.Number("order_id")));
    }
}
