using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// An order as the holder of its public id sees it (section 12, privacy note): no numeric id, no full name, no
/// street, since a forwarded link must not give a home address away. Money is in minor units of <c>currency</c>.
/// </summary>
public sealed record CustomerView(
    string PublicId,
    string Reference,
    string StoreName,
    FulfilmentType FulfilmentType,
    OrderStatus Status,
    ShippingStatus? ShippingStatus,
    long Version,
    string Currency,
    IReadOnlyList<CustomerView.Item> Items,
    long Subtotal,
    long ShippingCost,
    long Total,
    string FirstName,
    CustomerView.Delivery? Shipping,
    string? TrackingCode,
    string? TrackingUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? ReadyAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? CancelledAt,
    CancelReason? CancelReason,
    DateTimeOffset? PromisedAt,
    string? PickupCode)
{
    /// <summary>The store, by the number that customers are not told.</summary>
    internal long StoreId { get; private init; }

    /// <summary>When the shop erased the personal data; null where it did not.</summary>
    public required DateTimeOffset? ErasedAt { get; init; }

    public sealed record Item(string Name, long UnitPrice, long Quantity, long LineTotal);

    public sealed record Delivery(string Method, string City);

    /// <summary>The view of the order with this public id, however it was typed, or null.</summary>
    public static CustomerView? Find(DbConnection db, string publicId)
    {
        if (Orders.PublicId.Normalise(publicId) is not { } id
            || db.QueryRow($"SELECT {Order.Columns} FROM orders WHERE public_id = @id", new { id }, Order.Read) is not { } order)
            return null;
        var store = db.QuerySingle<string>("SELECT name FROM stores WHERE id = @StoreId", new { order.StoreId });
        return Of(order, OrderItem.Of(db, order.Id), store);
    }

    public static CustomerView Of(Order order, IEnumerable<OrderItem> items, string storeName) => new(
        order.PublicId,
        Orders.PublicId.Reference(order.PublicId),
        storeName,
        order.FulfilmentType,
        order.Status,
        order.ShippingStatus,
        order.Version,
        order.Currency,
        [.. items.Select(item => new Item(item.Name, item.UnitPrice, item.Quantity, item.LineTotal))],
        order.Subtotal,
        order.ShippingCost,
        order.Total,
        FirstNameOf(order.CustomerName),
        order.ShippingMethod is null ? null : new(order.ShippingMethod, order.City!),
        order.TrackingCode,
        order.TrackingUrl,
        order.CreatedAt,
        order.AcceptedAt,
        order.ReadyAt,
        order.CompletedAt,
        order.CancelledAt,
        order.CancelReason is { } reason && IsTheirsToKnow(reason) ? reason : null,
        order.PromisedAt,
        order.PickupCode)
    {
        StoreId = order.StoreId,
        ErasedAt = order.ErasedAt,
    };

    /// <summary>The customer is not told the other reasons.</summary>
    internal static bool IsTheirsToKnow(CancelReason reason) =>
        reason is not (Orders.CancelReason.Duplicate or Orders.CancelReason.SuspectedFraud or Orders.CancelReason.Other);

    /// <summary>Up to the first blank of any kind.</summary>
    internal static string FirstNameOf(string name) => name.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries)[0];
}
