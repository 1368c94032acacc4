namespace StoreFlow.Features;

/// <summary>Where an order is in its life (sections 8 and 9). The order of the names is the order of the steps.</summary>
public enum OrderStatus
{
    Pending,
    Accepted,
    InProgress,
    Packing,
    Ready,
    Shipped,
    Completed,
    Delivered,
}

/// <summary>How an order reaches its customer.</summary>
public enum FulfilmentType
{
    Pickup,
    Shipping,
}

/// <summary>Where a shipping order's parcel is; a pickup order has none.</summary>
public enum ShippingStatus
{
    Pending,
    Shipped,
    Delivered,
}

public static class OrderStatuses
{
    /// <summary>What is still to be done. Queries list these by name: <c>NOT IN</c> would walk a whole store.</summary>
    public static readonly OrderStatus[] Active =
        [.. Enum.GetValues<OrderStatus>().Where(status => !status.IsTerminal())];

    /// <summary>Nothing leaves a terminal status, for anyone.</summary>
    public static bool IsTerminal(this OrderStatus status) => status is OrderStatus.Completed or OrderStatus.Delivered;

    /// <summary>The one kind of order that can have this status, or null where both can.</summary>
    public static FulfilmentType? OnlyFor(this OrderStatus status) => status switch
    {
        OrderStatus.Pending or OrderStatus.Accepted => null,
        OrderStatus.InProgress or OrderStatus.Ready or OrderStatus.Completed => FulfilmentType.Pickup,
        OrderStatus.Packing or OrderStatus.Shipped or OrderStatus.Delivered => FulfilmentType.Shipping,
    };

    /// <summary>What somebody did to an order that now has this status: "Ana already {this} 3 seconds ago."</summary>
    public static string Deed(this OrderStatus status) => status switch
    {
        OrderStatus.Pending => "placed this order",
        OrderStatus.Accepted => "accepted this order",
        OrderStatus.InProgress => "started preparing this order",
        OrderStatus.Packing => "started packing this order",
        OrderStatus.Ready => "marked this order ready",
        OrderStatus.Shipped => "shipped this order",
        OrderStatus.Completed => "handed this order over",
        OrderStatus.Delivered => "marked this order delivered",
    };

    /// <summary>What the order is: "This order is {this}."</summary>
    public static string Condition(this OrderStatus status) => status switch
    {
        OrderStatus.Pending => "new",
        OrderStatus.Accepted => "accepted",
        OrderStatus.InProgress => "in preparation",
        OrderStatus.Packing => "being packed",
        OrderStatus.Ready => "ready for pickup",
        OrderStatus.Shipped => "shipped",
        OrderStatus.Completed => "collected",
        OrderStatus.Delivered => "delivered",
    };
}
