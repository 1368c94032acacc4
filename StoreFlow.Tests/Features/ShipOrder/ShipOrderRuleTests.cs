using StoreFlow.Features.Orders;
using StoreFlow.Features.ShipOrder;

namespace StoreFlow.Tests.Features.ShipOrder;

public sealed class ShipOrderRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(
            ShipOrderModule.Rule, [(FulfilmentType.Shipping, OrderStatus.Accepted), (FulfilmentType.Shipping, OrderStatus.Packing)]);

    [Fact]
    public void Only_a_missing_code_is_excused_and_only_for_the_shops_own_courier()
    {
        var order = StageOrders.Of(FulfilmentType.Shipping, OrderStatus.Packing);
        var missing = ShipOrderModule.Step(null, null);
        Assert.False(missing.Excuses!(order));
        Assert.True(missing.Excuses(order with { OwnCourier = true }));
        Assert.Null(ShipOrderModule.Step("!", null).Excuses);
        Assert.Null(ShipOrderModule.Step(null, "ftp://x").Excuses);
        Assert.Null(ShipOrderModule.Step("1Z", null).Excuses);
    }
}
