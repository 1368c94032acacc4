using StoreFlow.Features.CancelOrder;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.CancelOrder;

public sealed class CancelOrderRuleTests
{
    [Theory]
    [InlineData(Role.Owner)]
    [InlineData(Role.Manager)]
    public void Manager_and_owner_cancel_whatever_is_unfinished(Role role) =>
        StageOrders.AssertAllowedFrom(
            order => CancelOrderModule.Rule(order, role),
            [.. Lifecycle.Stages.Where(stage => !stage.IsTerminal).Select(stage => (stage.Type, stage.Status))]);

    [Fact]
    public void Staff_turn_down_what_is_new_and_are_told_who_may_do_more()
    {
        foreach (var order in StageOrders.All)
        {
            var refusal = CancelOrderModule.Rule(order, Role.Staff);
            if (order.Status is OrderStatus.Pending)
                Assert.Null(refusal);
            else
                Assert.Equal(order.Stage.IsTerminal ? Reason.TransitionNotAllowed : Reason.Forbidden, refusal?.Reason);
        }
        Assert.Equal(
            "This order is accepted, so only a manager or the owner may cancel it.",
            CancelOrderModule.Rule(StageOrders.Of(FulfilmentType.Pickup, OrderStatus.Accepted), Role.Staff)?.Detail);
    }

    [Theory]
    [InlineData(null, null, "reason")]
    [InlineData(CancelReason.Other, null, "note")]
    [InlineData(CancelReason.Other, "  x ", "note")]
    [InlineData(CancelReason.Closed, "Back \u0007 soon", "note")]
    public void A_body_that_lacks_something_is_refused_by_the_field(CancelReason? reason, string? note, string field) =>
        Assert.Equal([field], CancelOrderModule.Step(reason, note, Role.Owner).Errors.Keys);

    [Theory]
    [InlineData(CancelReason.Closed, "   ", null)]
    [InlineData(CancelReason.Other, " Rang twice ", "Rang twice")]
    public void A_note_is_kept_without_the_blanks_around_it(CancelReason reason, string note, string? kept)
    {
        var step = CancelOrderModule.Step(reason, note, Role.Staff);
        Assert.Empty(step.Errors);
        Assert.Equal(new Cancellation(reason, kept), step.Cancellation);
    }
}
