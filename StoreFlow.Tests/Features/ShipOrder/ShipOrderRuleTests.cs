using StoreFlow.Features.Orders;
using StoreFlow.Features.ShipOrder;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.ShipOrder;

public sealed class ShipOrderRuleTests
{
    private static readonly (FulfilmentType, OrderStatus)[] From =
        [(FulfilmentType.Shipping, OrderStatus.Accepted), (FulfilmentType.Shipping, OrderStatus.Packing)];

    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(order => ShipOrderModule.Rule(order, new("1Z-999", null)), From);

    [Fact]
    public void Only_the_shops_own_courier_needs_no_code()
    {
        Assert.All(StageOrders.All, order => Assert.Equal(Reason.InvalidRequest, ShipOrderModule.Rule(order, Tracking.None)?.Reason));
        StageOrders.AssertAllowedFrom(order => ShipOrderModule.Rule(order with { OwnCourier = true }, Tracking.None), From);
    }
}
