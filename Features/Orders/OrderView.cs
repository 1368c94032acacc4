using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// An order as staff see it. Money is in minor units of <c>currency</c>; <c>reference</c> is what people say;
/// <c>allowed_transitions</c> are the statuses that the reader's own ordinary steps lead to from here.
/// </summary>
public sealed record OrderView(
    long Id,
    string PublicId,
    string Reference,
    long StoreId,
    FulfilmentType FulfilmentType,
    OrderStatus Status,
    ShippingStatus? ShippingStatus,
    long Version,
    string Currency,
    IReadOnlyList<OrderView.Item> Items,
    long Subtotal,
    long ShippingCost,
    long Total,
    OrderView.Person Customer,
    OrderView.Delivery? Shipping,
    string? Note,
    string? TrackingCode,
    string? TrackingUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? ReadyAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? CancelledAt,
    CancelReason? CancelReason,
    string? CancelNote,
    DateTimeOffset? PickupAt,
    DateTimeOffset? PromisedAt,
    string? Shelf,
    OrderSource Source,
    IReadOnlyList<OrderStatus> AllowedTransitions)
{
    /// <summary>When its personal data were erased; null where they were not.</summary>
    public required DateTimeOffset? ErasedAt { get; init; }

    public sealed record Item(long ProductId, string Sku, string Name, long UnitPrice, long Quantity, long LineTotal);

    /// <param name="Name">The customer's name.</param>
    /// <param name="Email">Null where an order at the counter was taken without one.</param>
    /// <param name="Phone">Null where none was given.</param>
    public sealed record Person(string Name, string? Email, string? Phone);

    /// <param name="Method">The code of the shipping method.</param>
    /// <param name="Name">Who takes the parcel.</param>
    /// <param name="Address">Where to.</param>
    /// <param name="OwnCourier">Whether the shop itself brings it: shipping then needs no tracking code.</param>
    public sealed record Delivery(string Method, string Name, PostalAddress Address, bool OwnCourier);

    public sealed record PostalAddress(string Line1, string? Line2, string City, string? Region, string PostalCode, string Country);

    /// <summary>These orders with their items.</summary>
    /// <param name="db">A connection.</param>
    /// <param name="orders">The orders.</param>
    /// <param name="reader">Who reads them: the allowed transitions are that person's.</param>
    public static List<OrderView> Of(DbConnection db, IReadOnlyCollection<Order> orders, Actor reader)
    {
        var items = OrderItem.Of(db, orders);
        return [.. orders.Select(order => Of(order, items[order.Id], reader))];
    }

    public static OrderView Of(Order order, IEnumerable<OrderItem> items, Actor reader) => new(
        order.Id,
        order.PublicId,
        Orders.PublicId.Reference(order.PublicId),
        order.StoreId,
        order.FulfilmentType,
        order.Status,
        order.ShippingStatus,
        order.Version,
        order.Currency,
        [.. items.Select(item => new Item(item.ProductId, item.Sku, item.Name, item.UnitPrice, item.Quantity, item.LineTotal))],
        order.Subtotal,
        order.ShippingCost,
        order.Total,
        new(order.CustomerName, order.CustomerEmail is "" ? null : order.CustomerEmail, order.CustomerPhone),
        order.FulfilmentType is FulfilmentType.Pickup
            ? null
            : new(order.ShippingMethod!, order.ShippingName!, new(
                order.AddressLine1!, order.AddressLine2, order.City!, order.Region, order.PostalCode!, order.Country!),
                order.OwnCourier),
        order.Note,
        order.TrackingCode,
        order.TrackingUrl,
        order.CreatedAt,
        order.AcceptedAt,
        order.StartedAt,
        order.ReadyAt,
        order.CompletedAt,
        order.CancelledAt,
        order.CancelReason,
        order.CancelNote,
        order.PickupAt,
        order.PromisedAt,
        order.Shelf,
        order.Source,
        order.AllowedTransitions(reader.Role))
    {
        ErasedAt = order.ErasedAt,
    };
}
