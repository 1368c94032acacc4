using System.Text.Json;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.CancelOrder;

/// <summary>Turning down and cancelling over HTTP: who may, what stays, and what the customer learns.</summary>
public sealed class CancelOrderTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    [Fact]
    public async Task A_new_order_is_turned_down_by_staff_and_stays_so()
    {
        var order = await app.PendingOrder();
        var (status, cancelled) = await app.As(StoreFlowApp.Staff).Post(
            Cancel(order), new { reason = "suspected_fraud", note = "Nobody picks up the phone", version = 1 });

        Assert.Equal(200, status);
        Assert.Equal(
            ("cancelled", "suspected_fraud", "Nobody picks up the phone", 2L),
            (cancelled.Text("status"), cancelled.Text("cancel_reason"), cancelled.Text("cancel_note"), cancelled.Number("version")));
        Assert.Equal(JsonValueKind.String, cancelled.GetProperty("cancelled_at").ValueKind);
        Assert.Equal(JsonValueKind.Null, cancelled.GetProperty("completed_at").ValueKind);
        Assert.Empty(cancelled.GetProperty("allowed_transitions").EnumerateArray());

        var (_, history) = await app.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}/history");
        var last = history.GetProperty("entries").EnumerateArray().Last();
        Assert.Equal(("status_changed", "Sam"), (last.Text("action"), last.Text("actor")));
        Assert.Equal(
            """{"old_status":"pending","new_status":"cancelled","cancel_reason":"suspected_fraud","""
                + "\"cancel_note\":\"Nobody picks up the phone\"}",
            last.GetProperty("meta").GetRawText());

        foreach (var step in new[] { "accept", "cancel", "override" })
            (await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Owner).Post(
                $"/orders/{order.Number("id")}/{step}", Scenarios.AnyStep()))).Is(409, "transition_not_allowed");
    }

    [Theory]
    [InlineData("pickup", "ready")]
    [InlineData("shipping", "shipped")]
    public async Task What_was_accepted_is_cancelled_by_a_manager_but_not_by_staff(string type, string from)
    {
        var order = await app.OrderIn(from, type);
        var (code, refusal) = await app.Refused(
            order.Number("id"), () => app.As(StoreFlowApp.Staff).Post(Cancel(order), new { reason = "not_collected" }));
        (code, refusal).Is(403, "forbidden");

        var (status, cancelled) = await app.As(StoreFlowApp.Manager).Post(Cancel(order), new { reason = "not_collected" });
        Assert.Equal((200, "cancelled"), (status, cancelled.Text("status")));
        // The parcel is where it was, and the instants of the way tell how far the order had come.
        foreach (var kept in new[] { "shipping_status", "tracking_code", "tracking_url", "accepted_at", "ready_at" })
            Assert.Equal(order.GetProperty(kept).ToString(), cancelled.GetProperty(kept).ToString());
    }

    [Fact]
    public async Task The_transitions_that_an_order_lists_are_its_readers_own()
    {
        var order = await app.OrderIn("accepted");
        Assert.Equal(["in_progress"], await Allowed(StoreFlowApp.Staff));
        Assert.Equal(["in_progress", "cancelled"], await Allowed(StoreFlowApp.Manager));
        Assert.Equal(["in_progress", "cancelled"], await Allowed(StoreFlowApp.Owner));

        async Task<string[]> Allowed(string token) => [.. (await app.As(token).Get($"/orders/{order.Number("id")}")).Body
            .GetProperty("allowed_transitions").EnumerateArray().Select(status => status.GetString()!)];
    }

    public static TheoryData<object> Bad => new()
    {
        { new { } }, { new { reason = "boredom" } }, { new { reason = 3 } }, { new { reason = "other" } },
        { new { reason = "other", note = "no" } }, { new { reason = "closed", note = new string('x', 501) } },
        { new { reason = "closed", version = "1" } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_body_is_refused_and_leaves_nothing_behind(object body)
    {
        var order = await app.PendingOrder();
        (await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Staff).Post(Cancel(order), body))).Is(400, "invalid_request");
    }

    [Fact]
    public async Task What_has_just_been_shipped_is_not_cancelled_unseen()
    {
        var order = await app.OrderIn("packing", "shipping");
        await app.Step(order, "ship");
        var (status, refusal) = await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Owner).Post(
            Cancel(order), new { reason = "customer_asked", version = order.Number("version") }));
        (status, refusal).Is(409, "order_stale");
        Assert.Contains("already shipped this order", refusal.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_override_does_not_cancel()
    {
        var order = await app.OrderIn("accepted");
        var (status, refusal) = await app.Refused(order.Number("id"), () => app.As(StoreFlowApp.Owner).Post(
            $"/orders/{order.Number("id")}/override", new { status = "cancelled", reason = "The customer rang" }));
        (status, refusal).Is(400, "invalid_request");
        Assert.Contains("/cancel", refusal.Text("detail"), StringComparison.Ordinal);
    }

    public static TheoryData<CancelReason> Reasons => [.. Enum.GetValues<CancelReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task The_customer_learns_the_reason_only_where_it_is_theirs_to_know_and_the_note_never(CancelReason reason)
    {
        const string Note = "Between us: the oven is cold";
        var order = await app.PendingOrder();
        var name = Names.Of(reason);
        Assert.Equal(200, (await app.As(StoreFlowApp.Staff).Post(Cancel(order), new { reason = name, note = Note })).Status);

        var customer = app.As(null);
        var (_, view) = await customer.Get($"/customer/{order.Text("public_id")}/order");
        var secret = reason is CancelReason.Duplicate or CancelReason.SuspectedFraud or CancelReason.Other;
        Assert.Equal(secret ? null : name, view.GetProperty("cancel_reason").GetString());
        Assert.Equal(JsonValueKind.String, view.GetProperty("cancelled_at").ValueKind);
        var page = await customer.GetStringAsync($"/track/{order.Text("public_id")}");
        Assert.Contains("Your order was cancelled", page, StringComparison.Ordinal);
        // Not true of a new order for pickup, so not said either.
        var untold = secret || reason is CancelReason.CannotDeliver or CancelReason.NotCollected;
        Assert.Equal(untold, page.Contains("cannot complete this order", StringComparison.Ordinal));
        var stream = await customer.GetStringAsync($"/customer/{order.Text("public_id")}/order/events"); // it ends with the order
        foreach (var shown in new[] { view.GetRawText(), page, stream })
        {
            Assert.DoesNotContain(Note, shown, StringComparison.Ordinal);
            if (secret)
                Assert.DoesNotContain(name, shown, StringComparison.Ordinal);
        }
    }

    private static string Cancel(JsonElement order) => $"/orders/{order.Number("id")}/cancel";
}
