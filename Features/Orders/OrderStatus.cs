namespace StoreFlow.Features.Orders;

/// <summary>Where an order is in its life (sections 8 and 9). <see cref="Lifecycle"/> says what each status means.</summary>
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
    Cancelled,
}

/// <summary>Who placed an order.</summary>
public enum OrderSource
{
    /// <summary>The customer, in a web shop.</summary>
    Web,

    /// <summary>Staff for the customer, at the counter or by phone.</summary>
    Counter,
}

/// <summary>How an order reaches its customer.</summary>
public enum FulfilmentType
{
    Pickup,
    Shipping,
}

/// <summary>Where a shipping order's parcel is. A pickup order has none.</summary>
public enum ShippingStatus
{
    Pending,
    Shipped,
    Delivered,
}

/// <summary>The columns of the board, from left to right.</summary>
public enum Column
{
    New,
    Accepted,
    Working,
    Waiting,
    Done,
}

/// <summary>The instants that an order keeps. A status sets one of them, or none.</summary>
public enum Timestamp
{
    CreatedAt,
    AcceptedAt,
    StartedAt,
    ReadyAt,
    CompletedAt,
    CancelledAt,
}
