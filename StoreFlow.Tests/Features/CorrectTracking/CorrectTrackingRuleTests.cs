using StoreFlow.Features.CorrectTracking;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.CorrectTracking;

public sealed class CorrectTrackingRuleTests
{
    [Fact]
    public void The_step_is_allowed_from_here_and_from_nowhere_else() =>
        StageOrders.AssertAllowedFrom(CorrectTrackingModule.Rule, [(FulfilmentType.Shipping, OrderStatus.Shipped)]);

    [Fact]
    public void A_correction_without_a_code_is_refused_by_its_field() =>
        Assert.Equal(["tracking_code"], CorrectTrackingModule.Step(null, "https://carrier.example/").Errors.Keys);
}
