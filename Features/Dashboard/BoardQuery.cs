using System.Data.Common;
using Dapper;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What the board reads: for each column the orders that wait longest, and what was done today, latest first.</summary>
internal sealed record BoardQuery(long StoreId, Actor Actor, FulfilmentType? Type, DateTimeOffset? DueBefore = null)
{
    /// <summary>How many unfinished orders of a status there are, and how many of them are late.</summary>
    public sealed record Count
    {
        public OrderStatus Status { get; init; }
        public int Orders { get; init; }
        public int Late { get; init; }
    }

    /// <summary>A new order, and since when it waits, in milliseconds.</summary>
    public sealed record NewOrder
    {
        public long Id { get; init; }
        public long CreatedAt { get; init; }
    }

    /// <summary>The orders that nobody has accepted or turned down, the newest first.</summary>
    public List<NewOrder> New(DbConnection db, int limit) => db.Query<NewOrder>(NewSql, new
    {
        StoreId,
        UserId = Actor.IdIn(StoreId),
        Statuses = SqlList.Of(Lifecycle.In(Column.New)),
        Limit = limit,
    }).AsList();

    private const string NewSql = """
        SELECT o.id, o.created_at
          FROM orders o
         WHERE o.store_id = @StoreId AND o.status IN (SELECT value FROM json_each(@Statuses))
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY o.id DESC
         LIMIT +@Limit
        """;

    /// <summary>Counts unfinished orders by status, shown or not.</summary>
    public List<Count> Counts(DbConnection db, DateTimeOffset now) => db.Query<Count>(CountsSql, new
    {
        StoreId,
        UserId = Actor.IdIn(StoreId),
        Type = TypeName,
        Statuses = SqlList.Of(Lifecycle.Active),
        Due = SqlList.Of(Lifecycle.Due),
        now,
    }).AsList();

    /// <summary>
    /// The first orders of these statuses: what is due first, or what was placed first where nothing is promised. What is ready or
    /// sent is not due any more: there the oldest come first, read from the index, however many parcels are under way.
    /// </summary>
    public List<OrderView> Waiting(DbConnection db, IReadOnlyCollection<OrderStatus> statuses, int limit) =>
        OrderView.Of(db, db.QueryRows(statuses.Any(Lifecycle.Due.Contains) ? DueSql : OldestSql.On(db), new
        {
            StoreId,
            UserId = Actor.IdIn(StoreId),
            Type = TypeName,
            Statuses = SqlList.Of(statuses),
            DueBefore,
            Limit = limit,
        }, Order.Read), Actor);

    /// <summary>What was finished since an instant, the latest first.</summary>
    public List<OrderView> Done(DbConnection db, DateTimeOffset since, int limit) => OrderView.Of(db, db.QueryRows(DoneSql, new
    {
        StoreId,
        UserId = Actor.IdIn(StoreId),
        Type = TypeName,
        Since = since,
        Limit = limit,
    }, Order.Read), Actor);

    /// <summary>How many were finished since an instant.</summary>
    public int DoneCount(DbConnection db, DateTimeOffset since) => db.QuerySingle<int>($"SELECT COUNT(*) {DoneFrom}", new
    {
        StoreId,
        UserId = Actor.IdIn(StoreId),
        Type = TypeName,
        Since = since,
    });

    /// <summary>The unfinished orders that were accepted since then, in that sequence.</summary>
    public IReadOnlyList<long> Accepted(DbConnection db, DateTimeOffset since, int limit) => db.Query<long>(AcceptedSql, new
    {
        StoreId,
        UserId = Actor.IdIn(StoreId),
        Statuses = SqlList.Of(Lifecycle.Active),
        since,
        Limit = limit,
    }).AsList();

    /// <summary>Orders of any status that a search finds, newest first.</summary>
    public List<OrderView> Found(DbConnection db, string search, int limit) => OrderView.Of(db, new OrderQuery
    {
        StoreId = StoreId,
        UserId = Actor.IdIn(StoreId),
        Type = Type,
        Search = search,
        FindsContacts = Actor.Role is not Role.Staff,
        Limit = limit,
        Statuses = Enum.GetValues<OrderStatus>(),
    }.Run(db), Actor);

    private string? TypeName => Type is { } type ? Names.Of(type) : null;

    private static readonly SqlText OldestSql = new(dialect => OrderQuery.PageSql(dialect, further: "", "ASC"));

    private const string DueSql = $"""
        SELECT {Order.Columns}
          FROM orders o
         WHERE o.store_id = @StoreId AND o.status IN (SELECT value FROM json_each(@Statuses))
           AND (@Type IS NULL OR o.fulfilment_type = @Type)
           AND (@DueBefore IS NULL OR o.promised_at < @DueBefore)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY COALESCE(o.promised_at, o.created_at), o.id
         LIMIT +@Limit
        """;

    private const string AcceptedSql = """
        SELECT o.id
          FROM orders o
         WHERE o.store_id = @StoreId AND o.status IN (SELECT value FROM json_each(@Statuses)) AND o.accepted_at >= @since
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY o.accepted_at, o.id
         LIMIT +@Limit
        """;

    private const string CountsSql = """
        SELECT o.status, COUNT(*) AS orders,
               COUNT(CASE WHEN o.promised_at < @now AND o.status IN (SELECT value FROM json_each(@Due)) THEN 1 END) AS late
          FROM orders o
         WHERE o.store_id = @StoreId AND o.status IN (SELECT value FROM json_each(@Statuses))
           AND (@Type IS NULL OR o.fulfilment_type = @Type)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         GROUP BY o.status
        """;

    private const string DoneSql = $"""
        SELECT {Order.Columns}
        {DoneFrom}
         ORDER BY COALESCE(o.completed_at, o.cancelled_at) DESC
         LIMIT +@Limit
        """;

    // Each half has its own index; together they are the orders that a store finished since then.
    private const string DoneFrom = """
          FROM orders o
         WHERE o.id IN (SELECT c.id FROM orders c WHERE c.store_id = @StoreId AND c.completed_at >= @Since
                        UNION ALL
                        SELECT c.id FROM orders c WHERE c.store_id = @StoreId AND c.cancelled_at >= @Since)
           AND (@Type IS NULL OR o.fulfilment_type = @Type)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
        """;
}
