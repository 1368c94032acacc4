using System.Data.Common;
using System.Text.Json;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What the board reads: for each column the orders that wait longest, and what was done today, latest first.</summary>
internal sealed record BoardQuery(long StoreId, long UserId, FulfilmentType? Type)
{
    /// <summary>The first orders of these statuses, oldest first.</summary>
    public List<OrderView> Waiting(DbConnection db, IEnumerable<OrderStatus> statuses, int limit) =>
        OrderView.Of(db, db.QueryRows(WaitingSql, new
        {
            StoreId,
            UserId,
            Type = Type is { } type ? Names.Of(type) : null,
            Statuses = JsonSerializer.Serialize(statuses.Select(Names.Of)),
            Limit = limit,
        }, Order.Read));

    /// <summary>What was finished since an instant, the latest first.</summary>
    public List<OrderView> Done(DbConnection db, DateTimeOffset since, int limit) => OrderView.Of(db, db.QueryRows(DoneSql, new
    {
        StoreId,
        UserId,
        Type = Type is { } type ? Names.Of(type) : null,
        Since = since,
        Limit = limit,
    }, Order.Read));

    /// <summary>Orders of any status that a search finds, newest first.</summary>
    public List<OrderView> Found(DbConnection db, string search, int limit) => OrderView.Of(db, new OrderQuery
    {
        StoreId = StoreId,
        UserId = UserId,
        Type = Type,
        Search = search,
        Limit = limit,
        Statuses = Enum.GetValues<OrderStatus>(),
    }.Run(db));

    private static readonly string WaitingSql = OrderQuery.PageSql(further: "", "ASC");

    private const string DoneSql = $"""
        SELECT {Order.Columns}
          FROM orders o
         WHERE o.store_id = @StoreId AND o.completed_at >= @Since
           AND (@Type IS NULL OR o.fulfilment_type = @Type)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY o.completed_at DESC
         LIMIT +@Limit
        """;
}
