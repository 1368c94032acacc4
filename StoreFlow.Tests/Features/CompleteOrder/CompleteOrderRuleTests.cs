using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.CompleteOrder;

public sealed class CompleteOrderRuleTests
{
    private static readonly Order Ready =
        StageOrders.Of(FulfilmentType.Pickup, OrderStatus.Ready) with { AsksForCode = true, PickupCode = "0417" };

    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(
            order => CompleteOrderModule.Rule(order, code: null, reason: null, Role.Staff), [(FulfilmentType.Pickup, OrderStatus.Ready)]);

    [Theory]
    [InlineData(null, null, Role.Owner, Reason.InvalidRequest)]
    [InlineData(null, "Lost her phone", Role.Staff, Reason.Forbidden)]
    [InlineData(null, "Lost her phone", Role.Manager, null)]
    [InlineData("0417", null, Role.Staff, null)]
    public void Where_the_store_asks_for_a_code_it_needs_one_or_a_managers_reason(
        string? code, string? reason, Role role, Reason? refused) =>
        Assert.Equal(refused, CompleteOrderModule.Rule(Ready, code, reason, role)?.Reason);

    [Fact]
    public void An_order_that_was_placed_before_there_were_codes_needs_none() =>
        Assert.Null(CompleteOrderModule.Rule(Ready with { PickupCode = null }, code: null, reason: null, Role.Staff));
}
