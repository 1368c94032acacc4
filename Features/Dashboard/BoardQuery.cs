using System.Data.Common;
using System.Text.Json;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What the board reads: for each column the orders that wait longest, and what was done today, latest first.</summary>
internal sealed record BoardQuery(long StoreId, Actor Actor, FulfilmentType? Type)
{
    /// <summary>The first orders of these statuses, oldest first.</summary>
    public List<OrderView> Waiting(DbConnection db, IEnumerable<OrderStatus> statuses, int limit) =>
        OrderView.Of(db, db.QueryRows(WaitingSql, new
        {
            StoreId,
            Actor.UserId,
            Type = Type is { } type ? Names.Of(type) : null,
            Statuses = JsonSerializer.Serialize(statuses.Select(Names.Of)),
            Limit = limit,
        }, Order.Read), Actor);

    /// <summary>What was finished since an instant, the latest first.</summary>
    public List<OrderView> Done(DbConnection db, DateTimeOffset since, int limit) => OrderView.Of(db, db.QueryRows(DoneSql, new
    {
        StoreId,
        Actor.UserId,
        Type = Type is { } type ? Names.Of(type) : null,
        Since = since,
        Limit = limit,
    }, Order.Read), Actor);

    /// <summary>Orders of any status that a search finds, newest first.</summary>
    public List<OrderView> Found(DbConnection db, string search, int limit) => OrderView.Of(db, new OrderQuery
    {
        StoreId = StoreId,
        UserId = Actor.UserId,
        Type = Type,
        Search = search,
        Limit = limit,
        Statuses = Enum.GetValues<OrderStatus>(),
    }.Run(db), Actor);

    private static readonly string WaitingSql = OrderQuery.PageSql(further: "", "ASC");

    // Each half has its own index; together they are the orders that a store finished since then.
    private const string DoneSql = $"""
        SELECT {Order.Columns}
          FROM orders o
         WHERE o.id IN (SELECT c.id FROM orders c WHERE c.store_id = @StoreId AND c.completed_at >= @Since
                        UNION ALL
                        SELECT c.id FROM orders c WHERE c.store_id = @StoreId AND c.cancelled_at >= @Since)
           AND (@Type IS NULL OR o.fulfilment_type = @Type)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY COALESCE(o.completed_at, o.cancelled_at) DESC
         LIMIT +@Limit
        """;
}
