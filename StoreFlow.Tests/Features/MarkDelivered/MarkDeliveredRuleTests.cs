using StoreFlow.Features.MarkDelivered;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.MarkDelivered;

public sealed class MarkDeliveredRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(MarkDeliveredModule.Rule, [(FulfilmentType.Shipping, OrderStatus.Shipped)]);
}
