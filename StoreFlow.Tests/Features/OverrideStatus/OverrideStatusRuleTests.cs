using StoreFlow.Features.Orders;
using StoreFlow.Features.OverrideStatus;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.OverrideStatus;

public sealed class OverrideStatusRuleTests
{
    private static readonly Tracking Code = new("1Z-999", null);

    [Fact]
    public void An_unfinished_order_goes_to_every_other_status_of_its_type_and_a_finished_one_nowhere()
    {
        foreach (var order in StageOrders.All)
            foreach (var to in Enum.GetValues<OrderStatus>().Where(to => !Lifecycle.Cancels(to))) // cancelling is a step of its own
            {
                var allowed = !order.Stage.IsTerminal && to != order.Status && Lifecycle.Find(order.FulfilmentType, to) is not null;
                Assert.Equal(allowed, OverrideStatusModule.Rule(order, to, Code) is null);
            }
    }

    [Theory]
    [InlineData(Role.Manager)]
    [InlineData(Role.Staff)]
    public async Task Only_the_owner_may_and_the_pages_that_pass_the_route_by_are_told_so(Role role)
    {
        var caller = new Caller(new Actor { Name = "Mina", Role = role });
        var result = await OverrideStatusModule.OverrideAsync(1, new(OrderStatus.Accepted, "A wrong click"), caller, transitions: null!);
        Assert.Equal(Reason.Forbidden, Assert.IsType<StepResult.Refused>(result).Refusal.Reason);
    }

    [Theory]
    [InlineData(OrderStatus.Shipped)]
    [InlineData(OrderStatus.Delivered)]
    public void What_needs_a_tracking_code_is_refused_without_one(OrderStatus to)
    {
        var order = StageOrders.Of(FulfilmentType.Shipping, OrderStatus.Packing);
        Assert.Equal(Reason.InvalidRequest, OverrideStatusModule.Rule(order, to, Tracking.None)?.Reason);
        Assert.Null(OverrideStatusModule.Rule(order with { TrackingCode = "1Z-999" }, to, Tracking.None));
    }
}
