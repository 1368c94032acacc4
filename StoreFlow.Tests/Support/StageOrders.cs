using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>An order at each stage of the lifecycle, for the rules, which look at nothing else.</summary>
internal static class StageOrders
{
    public static readonly IReadOnlyList<Order> All = [.. Lifecycle.Stages.Select(stage => Of(stage.Type, stage.Status))];

    public static Order Of(FulfilmentType type, OrderStatus status) => new()
    {
        PublicId = PublicId.New(),
        Currency = "EUR",
        CustomerName = "Mia Chen",
        CustomerEmail = "mia@example.com",
        FulfilmentType = type,
        Status = status,
        ShippingStatus = Lifecycle.Of(type, status).ShippingStatus,
    };

    /// <summary>The rule lets orders at these stages pass, and refuses all others with a reason of the lifecycle.</summary>
    public static void AssertAllowedFrom(Func<Order, Refusal?> rule, params (FulfilmentType, OrderStatus)[] stages)
    {
        foreach (var order in All)
            if (stages.Contains((order.FulfilmentType, order.Status)))
                Assert.Null(rule(order));
            else
                Assert.Equal(Reason.TransitionNotAllowed, rule(order)?.Reason);
    }
}
