using System.Data.Common;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Figures;

/// <summary>
/// What the figures need of one order; instants are in milliseconds, as the database has them: a year has a hundred thousand orders.
/// They are those that the audit log folds into (section 13): <c>verify</c> checks that they are the same, and here it would take a
/// hundred times as long.
/// </summary>
internal readonly record struct PlacedOrder(
    bool Ships, long Total, CancelReason? CancelReason, long CreatedAt, long? AcceptedAt, long? StartedAt, long? ReadyAt, long? CompletedAt,
    long? PromisedAt)
{
    public bool IsCancelled => CancelReason is not null;

    /// <summary>Pieces and money of one product over orders that were not cancelled.</summary>
    public sealed record Product
    {
        public long ProductId { get; init; }
        public required string Sku { get; init; }
        public required string Name { get; init; }
        public long Quantity { get; init; }
        public long Turnover { get; init; }
    }

    /// <summary>The orders that a store got between two instants, the first one included.</summary>
    public static List<PlacedOrder> Of(DbConnection db, long store, DateTimeOffset from, DateTimeOffset to) =>
        db.QueryRows(OrdersSql, new { store, from, to }, Read);

    private static PlacedOrder Read(RowReader row) => new(
        row.Number(0) == 1,
        row.Number(1),
        row.NameOrNull<CancelReason>(2),
        row.Number(3),
        row.NumberOrNull(4),
        row.NumberOrNull(5),
        row.NumberOrNull(6),
        row.NumberOrNull(7),
        row.NumberOrNull(8));

    private const string OrdersSql = """
        SELECT CASE fulfilment_type WHEN 'shipping' THEN 1 ELSE 0 END,
               total, cancel_reason, created_at, accepted_at, started_at, ready_at, completed_at, promised_at
          FROM orders
         WHERE store_id = @store AND created_at >= @from AND created_at < @to
        """;

    /// <summary>What was sold in these orders, most pieces first, under the names that the products have now.</summary>
    public static List<Product> ProductsOf(DbConnection db, long store, DateTimeOffset from, DateTimeOffset to) =>
        db.Query<Product>(ProductsSql, new { store, from, to }).AsList();

    private const string ProductsSql = """
        SELECT p.id AS product_id, p.sku, p.name, sold.quantity, sold.turnover
          FROM (SELECT i.product_id, SUM(i.quantity) AS quantity, SUM(i.quantity * i.unit_price) AS turnover
                  FROM orders o
                  JOIN order_items i ON i.order_id = o.id
                 WHERE o.store_id = @store AND o.created_at >= @from AND o.created_at < @to AND o.cancelled_at IS NULL
                 GROUP BY i.product_id) sold
          JOIN products p ON p.id = sold.product_id
         ORDER BY sold.quantity DESC, sold.turnover DESC, p.id
        """;
}
