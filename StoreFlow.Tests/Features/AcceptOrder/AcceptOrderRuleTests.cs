using StoreFlow.Features.AcceptOrder;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.AcceptOrder;

public sealed class AcceptOrderRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(
            AcceptOrderModule.Rule,
            [(FulfilmentType.Pickup, OrderStatus.Pending), (FulfilmentType.Shipping, OrderStatus.Pending)]);
}
