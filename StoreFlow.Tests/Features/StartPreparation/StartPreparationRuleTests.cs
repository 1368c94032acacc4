using StoreFlow.Features.Orders;
using StoreFlow.Features.StartPreparation;

namespace StoreFlow.Tests.Features.StartPreparation;

public sealed class StartPreparationRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(StartPreparationModule.Rule, [(FulfilmentType.Pickup, OrderStatus.Accepted)]);
}
