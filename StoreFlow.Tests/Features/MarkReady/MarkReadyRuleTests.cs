using StoreFlow.Features.MarkReady;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.MarkReady;

public sealed class MarkReadyRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(MarkReadyModule.Rule, [(FulfilmentType.Pickup, OrderStatus.InProgress)]);
}
