using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.CompleteOrder;

public sealed class CompleteOrderRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(CompleteOrderModule.Rule, [(FulfilmentType.Pickup, OrderStatus.Ready)]);
}
