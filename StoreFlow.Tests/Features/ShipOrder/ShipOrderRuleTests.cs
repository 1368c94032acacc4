using StoreFlow.Features.Orders;
using StoreFlow.Features.ShipOrder;

namespace StoreFlow.Tests.Features.ShipOrder;

public sealed class ShipOrderRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(
            ShipOrderModule.Rule,
            [(FulfilmentType.Shipping, OrderStatus.Accepted), (FulfilmentType.Shipping, OrderStatus.Packing)]);
}
