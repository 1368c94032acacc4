namespace StoreFlow.Features.TrackOrder;

/// <summary>An order's way to its customer in the customer's own words.</summary>
internal static class Progress
{
    public sealed record Step(string Name, DateTimeOffset? At, bool Reached, bool Current);

    /// <summary>The steps of this kind of order, with the times that are known.</summary>
    public static IReadOnlyList<Step> Steps(CustomerView order)
    {
        (OrderStatus Status, string Name, DateTimeOffset? At)[] steps = order.FulfilmentType is FulfilmentType.Pickup
            ? [
                (OrderStatus.Pending, "Placed", order.CreatedAt),
                (OrderStatus.Accepted, "Accepted", order.AcceptedAt),
                (OrderStatus.InProgress, "In preparation", null),
                (OrderStatus.Ready, "Ready", order.ReadyAt),
                (OrderStatus.Completed, "Collected", order.CompletedAt),
            ]
            : [
                (OrderStatus.Pending, "Placed", order.CreatedAt),
                (OrderStatus.Accepted, "Accepted", order.AcceptedAt),
                (OrderStatus.Packing, "Packing", null),
                (OrderStatus.Shipped, "Shipped", order.ReadyAt),
                (OrderStatus.Delivered, "Delivered", order.CompletedAt),
            ];
        return [.. steps.Select(step => new Step(
            step.Name, order.Status >= step.Status ? step.At : null, order.Status >= step.Status, order.Status == step.Status))];
    }

    public static string Headline(CustomerView order) => order.Status switch
    {
        OrderStatus.Pending => "Thank you for your order!",
        OrderStatus.Accepted => "The shop has your order",
        OrderStatus.InProgress => "Your order is being prepared",
        OrderStatus.Packing => "Your order is being packed",
        OrderStatus.Ready => "Your order is ready!",
        OrderStatus.Shipped => "Your order has shipped!",
        OrderStatus.Completed => "Enjoy your order!",
        OrderStatus.Delivered => "Your order was delivered",
    };

    /// <summary>What happens next.</summary>
    public static string Next(CustomerView order) => (order.Status, order.FulfilmentType) switch
    {
        (OrderStatus.Pending, _) => $"{order.StoreName} will look at it shortly. You see it here as soon as they accept it.",
        (OrderStatus.Accepted, FulfilmentType.Pickup) => $"{order.StoreName} will start to prepare it soon.",
        (OrderStatus.Accepted, _) => $"{order.StoreName} will pack it soon.",
        (OrderStatus.InProgress, _) => "This page tells you when you can come and collect it.",
        (OrderStatus.Packing, _) => "As soon as the parcel is on its way, you can follow it from here.",
        (OrderStatus.Ready, _) => $"Collect it at {order.StoreName} and read out this reference at the counter:",
        (OrderStatus.Shipped, _) => order.Shipping is { City: var city } ? $"The parcel is on its way to {city}." : "The parcel is on its way.",
        (OrderStatus.Completed, _) => $"It was handed over at {order.StoreName}. Thank you!",
        (OrderStatus.Delivered, _) => "The parcel has arrived. Thank you!",
    };
}
