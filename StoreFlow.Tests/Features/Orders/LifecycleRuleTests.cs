using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>What the lifecycle says of a step that it does not have, and of its statuses.</summary>
public sealed class LifecycleRuleTests
{
    [Theory]
    [InlineData(FulfilmentType.Pickup, OrderStatus.Pending, OrderStatus.Ready,
        "This order is new, so it cannot get to “ready for pickup” yet.", false)]
    [InlineData(FulfilmentType.Pickup, OrderStatus.Ready, OrderStatus.Ready, "This order is ready for pickup already.", true)]
    [InlineData(FulfilmentType.Pickup, OrderStatus.Ready, OrderStatus.Accepted, "This order is ready for pickup already.", true)]
    [InlineData(FulfilmentType.Pickup, OrderStatus.Pending, OrderStatus.Shipped,
        "This is a pickup order, so it never gets to “shipped”.", false)]
    [InlineData(FulfilmentType.Shipping, OrderStatus.Accepted, OrderStatus.InProgress,
        "This is a shipping order, so it never gets to “in preparation”.", false)]
    public void A_refusal_says_where_the_order_is_and_names_the_last_change_where_somebody_was_faster(
        FulfilmentType type, OrderStatus from, OrderStatus to, string sentence, bool namesLastChange)
    {
        var refusal = Lifecycle.Check(StageOrders.Of(type, from), to)!;
        Assert.Equal((Reason.TransitionNotAllowed, sentence, namesLastChange), (refusal.Reason, refusal.Detail, refusal.NamesLastChange));
    }

    [Fact]
    public void The_active_statuses_are_those_that_something_leaves() =>
        Assert.Equal(
            [
                OrderStatus.Pending, OrderStatus.Accepted, OrderStatus.InProgress, OrderStatus.Packing, OrderStatus.Ready,
                OrderStatus.Shipped,
            ],
            Lifecycle.Active.Order());

    [Fact]
    public void Only_the_step_to_shipped_asks_for_tracking() =>
        Assert.Equal([OrderStatus.Shipped], Enum.GetValues<OrderStatus>().Where(Lifecycle.AsksForTracking));
}
