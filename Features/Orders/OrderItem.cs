using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>One line of an order, as the product was at checkout. Money is in minor units of the order's currency.</summary>
public sealed record OrderItem
{
    public long OrderId { get; init; }
    public long ProductId { get; init; }
    public required string Sku { get; init; }
    public required string Name { get; init; }
    public long UnitPrice { get; init; }
    public long Quantity { get; init; }
    public long LineTotal => UnitPrice * Quantity;

    /// <summary>The items of an order, in the sequence of its checkout.</summary>
    public static IReadOnlyList<OrderItem> Of(DbConnection db, long orderId) =>
        db.QueryRows(OfOneSql, new { id = orderId }, Read);

    /// <summary>The items of these orders, each order's in the sequence of its checkout.</summary>
    public static ILookup<long, OrderItem> Of(DbConnection db, IEnumerable<Order> orders) =>
        db.QueryRows(OfManySql, new { ids = SqlList.Of(orders.Select(order => order.Id)) }, Read)
            .ToLookup(item => item.OrderId);

    /// <summary>The columns of the table, in the places of <see cref="Read"/>.</summary>
    public const string Columns = "order_id, product_id, sku, name, unit_price, quantity";

    /// <summary>Reads a row of <see cref="Columns"/>, by place.</summary>
    public static OrderItem Read(RowReader row) => new()
    {
        OrderId = row.Number(0),
        ProductId = row.Number(1),
        Sku = row.Text(2),
        Name = row.Text(3),
        UnitPrice = row.Number(4),
        Quantity = row.Number(5),
    };

    /// <summary>The items of the order <c>@id</c>.</summary>
    internal const string OfOneSql = $"""
        SELECT {Columns}
          FROM order_items
         WHERE order_id = @id
         ORDER BY position
        """;

    private const string OfManySql = $"""
        SELECT {Columns}
          FROM order_items
         WHERE order_id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids))
         ORDER BY order_id, position
        """;
}
