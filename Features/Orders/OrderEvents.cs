namespace StoreFlow.Features.Orders;

/// <summary>The events that a stream sends, by name, for the API's description. <see cref="Announcement"/> makes them.</summary>
/// <param name="Name">What one of them is called in the description.</param>
/// <param name="HasAlwaysId">Whether each has its position, from which a client resumes.</param>
/// <param name="Payloads">The payload of each.</param>
public sealed record StreamedEvents(string Name, bool HasAlwaysId, params IReadOnlyList<(string Event, Type Payload)> Payloads)
{
    /// <summary>What the staff of a store hear.</summary>
    public static StreamedEvents OfStore { get; } = new(
        "StoreEvent", HasAlwaysId: true,
        (nameof(OrderCreated), typeof(OrderCreated)),
        (nameof(OrderStatusUpdated), typeof(OrderStatusUpdated)),
        (nameof(ShippingUpdated), typeof(ShippingUpdated)),
        (nameof(PromiseUpdated), typeof(PromiseUpdated)));

    /// <summary>What a customer hears. After a reconnect the first event has no position.</summary>
    public static StreamedEvents OfCustomer { get; } = new(
        "CustomerEvent", HasAlwaysId: false,
        (View, typeof(CustomerView)),
        (nameof(OrderStatusUpdated), typeof(CustomerOrderStatusUpdated)),
        (nameof(ShippingUpdated), typeof(CustomerShippingUpdated)),
        (nameof(PromiseUpdated), typeof(CustomerPromiseUpdated)));

    /// <summary>The name of a customer's first event: the order as it is now.</summary>
    public const string View = "order";
}

/// <summary>
/// A new order, for the staff of its store (section 10). <c>total</c> is in minor units of <c>currency</c>; <c>item_count</c> counts
/// pieces over all lines.
/// </summary>
public sealed record OrderCreated(
    long OrderId, string PublicId, long StoreId, FulfilmentType FulfilmentType, OrderStatus Status, long Total,
    string Currency, long ItemCount, string CustomerName, DateTimeOffset Timestamp, long Version, long Sequence);

/// <summary>A step, for the staff of the store (section 12).</summary>
public sealed record OrderStatusUpdated(
    long OrderId, string PublicId, OrderStatus OldStatus, OrderStatus NewStatus, DateTimeOffset Timestamp,
    FulfilmentType FulfilmentType, long StoreId, long Version, long Sequence);

/// <summary>A step, for the customer: without the numbers of orders and stores (section 12, privacy note).</summary>
public sealed record CustomerOrderStatusUpdated(
    string PublicId, OrderStatus OldStatus, OrderStatus NewStatus, DateTimeOffset Timestamp, FulfilmentType FulfilmentType, long Version);

/// <summary>News of the parcel, for the staff of the store (section 14).</summary>
public sealed record ShippingUpdated(
    long OrderId, string PublicId, long StoreId, ShippingStatus ShippingStatus, string? TrackingCode, string? TrackingUrl,
    DateTimeOffset Timestamp, long Version, long Sequence);

/// <summary>News of the parcel, for the customer.</summary>
public sealed record CustomerShippingUpdated(
    string PublicId, ShippingStatus ShippingStatus, string? TrackingCode, string? TrackingUrl, DateTimeOffset Timestamp, long Version);

/// <summary>The order is promised for another time, for the staff of the store.</summary>
public sealed record PromiseUpdated(
    long OrderId, string PublicId, long StoreId, DateTimeOffset PromisedAt, DateTimeOffset Timestamp, long Version, long Sequence);

/// <summary>The order is promised for another time, for the customer.</summary>
public sealed record CustomerPromiseUpdated(string PublicId, DateTimeOffset PromisedAt, DateTimeOffset Timestamp, long Version);

/// <summary>One event by its name, ready to be sent: JSON in UTF-8, written once for all who hear it.</summary>
public sealed record Event(string Name, byte[] Json);
