using StoreFlow.Features.Orders;
using StoreFlow.Features.StartPacking;

namespace StoreFlow.Tests.Features.StartPacking;

public sealed class StartPackingRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(StartPackingModule.Rule, [(FulfilmentType.Shipping, OrderStatus.Accepted)]);
}
