using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>
/// The row every slice reads. Money is in minor units of <see cref="Currency"/>, instants are UTC. Everything but
/// status, shipping status, tracking, version and the last three instants is frozen at checkout (section 11).
/// </summary>
public sealed record Order : IRow<Order>
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

    /// <summary>All columns, in the order of the table.</summary>
    public static Order Read(Row row) => new()
    {
        Id = row.Number(0),
        PublicId = row.Text(1),
        MerchantId = row.Number(2),
        StoreId = row.Number(3),
        FulfilmentType = row.Name<FulfilmentType>(4),
        Status = row.Name<OrderStatus>(5),
        ShippingStatus = row.NameOrNull<ShippingStatus>(6),
        Version = row.Number(7),
        Currency = row.Text(8),
        Subtotal = row.Number(9),
        ShippingCost = row.Number(10),
        Total = row.Number(11),
        CustomerName = row.Text(12),
        CustomerEmail = row.Text(13),
        CustomerPhone = row.TextOrNull(14),
        ShippingMethod = row.TextOrNull(15),
        ShippingName = row.TextOrNull(16),
        AddressLine1 = row.TextOrNull(17),
        AddressLine2 = row.TextOrNull(18),
        City = row.TextOrNull(19),
        Region = row.TextOrNull(20),
        PostalCode = row.TextOrNull(21),
        Country = row.TextOrNull(22),
        Note = row.TextOrNull(23),
        TrackingCode = row.TextOrNull(24),
        TrackingUrl = row.TextOrNull(25),
        CreatedAt = row.Instant(26),
        AcceptedAt = row.InstantOrNull(27),
        ReadyAt = row.InstantOrNull(28),
        CompletedAt = row.InstantOrNull(29),
    };

    /// <summary>The same order after a step, from all columns again: only those are read that a step may change.</summary>
    public Order After(Row row) => this with
    {
        Status = row.Name<OrderStatus>(5),
        ShippingStatus = row.NameOrNull<ShippingStatus>(6),
        Version = row.Number(7),
        TrackingCode = row.TextOrNull(24),
        TrackingUrl = row.TextOrNull(25),
        AcceptedAt = row.InstantOrNull(27),
        ReadyAt = row.InstantOrNull(28),
        CompletedAt = row.InstantOrNull(29),
    };

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
public sealed record OrderItem : IRow<OrderItem>
{
    public long OrderId { get; init; }
    public long ProductId { get; init; }
    public required string Sku { get; init; }
    public required string Name { get; init; }
    public long UnitPrice { get; init; }
    public long Quantity { get; init; }
    public long LineTotal => UnitPrice * Quantity;

    public static OrderItem Read(Row row) => new()
    {
        OrderId = row.Number(0),
        ProductId = row.Number(1),
        Sku = row.Text(2),
        Name = row.Text(3),
        UnitPrice = row.Number(4),
        Quantity = row.Number(5),
    };

    /// <summary>The items of an order, in the sequence of its checkout.</summary>
    public static IReadOnlyList<OrderItem> Of(DbConnection db, long orderId) => db.All<OrderItem>(OfOneSql, new { orderId });

    /// <summary>The items of these orders, each order's in the sequence of its checkout.</summary>
    public static ILookup<long, OrderItem> Of(DbConnection db, IEnumerable<Order> orders) =>
        db.All<OrderItem>(OfManySql, new { ids = $"[{string.Join(',', orders.Select(order => order.Id))}]" }).ToLookup(item => item.OrderId);

    private const string Columns = "i.order_id, i.product_id, i.sku, i.name, i.unit_price, i.quantity";

    private const string OfOneSql = $"""
        SELECT {Columns}
          FROM order_items i
         WHERE i.order_id = @orderId
         ORDER BY i.position
        """;

    private const string OfManySql = $"""
        SELECT {Columns}
          FROM order_items i
         WHERE i.order_id IN (SELECT value FROM json_each(@ids))
         ORDER BY i.order_id, i.position
        """;
}
