using System.Text.Json;

namespace StoreFlow.Tests.Features.ChangePromise;

/// <summary>Staff promise another time, at acceptance or later: kept, told to both sides, and refused where it makes no sense.</summary>
public sealed class ChangePromiseTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    [Fact]
    public async Task Accepting_may_promise_a_time_and_both_sides_hear_of_it()
    {
        const string Now = "2026-11-22T10:15:30.123Z";
        const string Promised = "2026-11-22T10:45:30.123Z";
        var order = await app.PendingOrder();
        await using var store = await LiveClient.OnStore(app, 1);
        await using var customer = await LiveClient.OnOrder(app, order.Text("public_id"));
        var (status, accepted) = await app.As(StoreFlowApp.Staff).Post(Route(order, "accept"), new { ready_in_minutes = 30 });
        Assert.Equal((200, "2026-11-22T10:45:30.123Z"), (status, accepted.Text("promised_at")));

        var heard = await store.Next(2);
        Assert.Equal(["OrderStatusUpdated", "PromiseUpdated"], heard.Select(one => one.Name));
        var sequence = heard[0].Payload.Number("sequence");
        Assert.Equal(
            $$"""{"order_id":{{order.Number("id")}},"public_id":"{{order.Text("public_id")}}","store_id":1"""
                + $$""","promised_at":"{{Promised}}","timestamp":"{{Now}}","version":2,"sequence":{{sequence}}}""",
            heard[1].Payload.GetRawText());
        var told = (await customer.Next(2))[1];
        Assert.Equal(
            $$"""{"public_id":"{{order.Text("public_id")}}","promised_at":"{{Promised}}","timestamp":"{{Now}}","version":2}""",
            told.Payload.GetRawText());
    }

    [Fact]
    public async Task Accepting_without_a_time_leaves_the_promise()
    {
        var order = await app.PendingOrder();
        Assert.Equal(order.Text("promised_at"), (await app.Step(order, "accept")).Text("promised_at"));
    }

    [Theory]
    [InlineData("accepted", "pickup")]
    [InlineData("ready", "pickup")]
    [InlineData("packing", "shipping")]
    public async Task A_promise_is_changed_while_the_order_is_unfinished(string from, string type)
    {
        var order = await app.OrderIn(from, type);
        await using var customer = await LiveClient.OnOrder(app, order.Text("public_id"));
        var (status, changed) = await app.As(StoreFlowApp.Staff).Patch(
            Route(order, "promise"), new { promised_at = "2026-11-23T08:00:00+01:00", version = order.Number("version") });
        Assert.Equal((200, "2026-11-23T07:00:00.000Z"), (status, changed.Text("promised_at")));
        Assert.Equal((from, order.Number("version") + 1), (changed.Text("status"), changed.Number("version")));
        Assert.Equal("PromiseUpdated", (await customer.Next()).Name);

        var (_, history) = await app.As(StoreFlowApp.Staff).Get(Route(order, "history"));
        var last = history.GetProperty("entries").EnumerateArray().Last();
        Assert.Equal(("promise_changed", "Sam"), (last.Text("action"), last.Text("actor")));
        Assert.Equal(order.Text("promised_at"), last.GetProperty("meta").Text("old_promised_at"));
        Assert.Equal("2026-11-23T07:00:00.000Z", last.GetProperty("meta").Text("promised_at"));
    }

    public static TheoryData<object> Bad => new()
    {
        new { }, new { promised_at = "2026-11-22T10:15:30.123Z" }, new { promised_at = "2026-12-22T10:15:30.124Z" },
        new { promised_at = "soon" }, new { ready_in_minutes = 0 }, new { ready_in_minutes = -5 }, new { ready_in_minutes = 43201 },
        new { ready_in_minutes = 10, promised_at = "2026-11-22T12:00:00Z" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_time_that_makes_no_sense_is_refused_and_leaves_nothing_behind(object body)
    {
        var order = await app.OrderIn("accepted");
        (await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Staff).Patch(Route(order, "promise"), body)))
            .Is(400, "invalid_request");
    }

    [Theory]
    [InlineData("completed", "pickup")]
    [InlineData("cancelled", "pickup")]
    [InlineData("delivered", "shipping")]
    public async Task Nothing_is_promised_for_a_finished_order(string status, string type)
    {
        var order = await app.OrderIn(status, type);
        (await app.Refused(
            order.Number("id"), () => app.As(StoreFlowApp.Owner).Patch(Route(order, "promise"), new { ready_in_minutes = 10 })))
            .Is(409, "transition_not_allowed");
    }

    [Fact]
    public async Task The_second_of_two_is_told_who_was_faster()
    {
        var order = await app.OrderIn("accepted");
        await app.As(StoreFlowApp.Manager).Patch(Route(order, "promise"), new { ready_in_minutes = 40 });
        var answer = await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Staff).Patch(
            Route(order, "promise"), new { ready_in_minutes = 10, version = order.Number("version") }));
        answer.Is(409, "order_stale");
        Assert.Equal("Mina promised this order for another time just now.", answer.Body.Text("detail"));
    }

    [Fact]
    public async Task A_repeat_under_its_key_is_answered_as_before_though_the_time_has_passed_meanwhile()
    {
        using var own = new StoppedClockApp();
        var order = await own.OrderIn("accepted");
        var staff = own.As(StoreFlowApp.Staff);
        staff.DefaultRequestHeaders.Add("Idempotency-Key", "promise-1");
        var body = new { promised_at = "2026-11-22T10:16:00Z" };
        var first = await staff.Patch(Route(order, "promise"), body);
        own.Time.Advance(TimeSpan.FromMinutes(5));
        var second = await staff.Patch(Route(order, "promise"), body);
        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.Body.GetRawText(), second.Body.GetRawText());
    }

    [Fact]
    public async Task A_shelf_is_kept_with_a_ready_order_and_goes_when_it_is_put_back()
    {
        var order = await app.OrderIn("in_progress");
        (await app.Refused(
            order.Number("id"), () => app.As(StoreFlowApp.Staff).Post(Route(order, "mark-ready"), new { shelf = new string('x', 21) })))
            .Is(400, "invalid_request", "shelf");
        var (_, ready) = await app.As(StoreFlowApp.Staff).Post(Route(order, "mark-ready"), new { shelf = " A 3 " });
        Assert.Equal("A 3", ready.Text("shelf"));
        var (_, back) = await app.As(StoreFlowApp.Owner).Post(
            Route(order, "override"), new { status = "in_progress", reason = "The cake fell down" });
        Assert.Equal(JsonValueKind.Null, back.GetProperty("shelf").ValueKind);
        var (_, done) = await app.As(StoreFlowApp.Owner).Patch(Route(order, "status"), new { status = "ready", shelf = "B" });
        Assert.Equal("B", (await app.Step(done, "complete")).Text("shelf"));
        Assert.Equal(0, (await StoreFlowProcess.Run(app.Folder, "verify")).Exit); // the log replays to the same shelf and promise
    }

    [Fact]
    public async Task The_late_filter_lists_what_is_neither_ready_nor_sent_in_time()
    {
        using var own = new StoppedClockApp();
        var late = await own.OrderIn("accepted");
        var inTime = await own.OrderIn("ready");
        await own.PendingOrder("shipping"); // promised for Monday
        Assert.Empty(await Late());
        own.Time.Advance(TimeSpan.FromMinutes(20) + TimeSpan.FromMilliseconds(1));
        Assert.Equal([late.Number("id")], await Late());
        Assert.Equal([late.Number("id")], await Late("&q=mia"));
        Assert.Empty(await Late("&status=ready"));
        (await own.As(StoreFlowApp.Staff).Get("/stores/1/orders?late=perhaps")).Is(400, "invalid_request", "late");
        Assert.NotEqual(late.Number("id"), inTime.Number("id"));

        async Task<IEnumerable<long>> Late(string further = "") =>
            (await own.As(StoreFlowApp.Staff).Get($"/stores/1/orders?late=true{further}"))
            .Body.GetProperty("orders").EnumerateArray().Select(order => order.Number("id"));
    }

    private static string Route(JsonElement order, string step) => $"/orders/{order.Number("id")}/{step}";
}
