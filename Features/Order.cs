using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>
/// The row every slice reads. Money is in minor units of <see cref="Currency"/>, instants are UTC. Everything but
/// status, shipping status, tracking, version and the last three instants is frozen at checkout (section 11).
/// </summary>
public sealed record Order
{
    public long Id { get; init; }
    public required string PublicId { get; init; }
    public long MerchantId { get; init; }
    public long StoreId { get; init; }
    public FulfilmentType FulfilmentType { get; init; }
    public OrderStatus Status { get; init; }
    public ShippingStatus? ShippingStatus { get; init; }
    public long Version { get; init; }
    public required string Currency { get; init; }
    public long Subtotal { get; init; }
    public long ShippingCost { get; init; }
    public long Total { get; init; }
    public required string CustomerName { get; init; }
    public required string CustomerEmail { get; init; }
    public string? CustomerPhone { get; init; }
    public string? ShippingMethod { get; init; }
    public string? ShippingName { get; init; }
    public string? AddressLine1 { get; init; }
    public string? AddressLine2 { get; init; }
    public string? City { get; init; }
    public string? Region { get; init; }
    public string? PostalCode { get; init; }
    public string? Country { get; init; }
    public string? Note { get; init; }
    public string? TrackingCode { get; init; }
    public string? TrackingUrl { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? AcceptedAt { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The order, if it exists and stands in a store where the actor works; else null, without telling which.</summary>
    public static Order? Find(DbConnection db, long id, Actor actor) =>
        db.One<Order>(FindSql, new { id, actor.UserId });

    private const string FindSql = """
        SELECT o.*
          FROM orders o
         WHERE o.id = @id
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = o.store_id)
        """;
}

/// <summary>One line of an order, as the product was at checkout.</summary>
public sealed record OrderItem
{
    public long OrderId { get; init; }
    public long ProductId { get; init; }
    public required string Sku { get; init; }
    public required string Name { get; init; }
    public long UnitPrice { get; init; }
    public long Quantity { get; init; }
    public long LineTotal => UnitPrice * Quantity;

    /// <summary>The items of these orders, each order's in the sequence of its checkout.</summary>
    public static ILookup<long, OrderItem> Of(DbConnection db, params IEnumerable<long> orderIds) =>
        db.Query<OrderItem>(OfSql, new { ids = $"[{string.Join(',', orderIds)}]" }).ToLookup(item => item.OrderId);

    private const string OfSql = """
        SELECT i.order_id, i.product_id, i.sku, i.name, i.unit_price, i.quantity
          FROM json_each(@ids) wanted
          JOIN order_items i ON i.order_id = wanted.value
         ORDER BY i.order_id, i.position
        """;
}
