using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Deliveries;

/// <summary>What has become of a delivery.</summary>
public enum DeliveryStatus
{
    /// <summary>It is to be tried, or tried again.</summary>
    Waiting,
    Sent,

    /// <summary>It is not tried again by itself.</summary>
    Failed,
}

/// <summary>One event for one destination: made from the log, sent at least once, in order for each order.</summary>
public sealed record Delivery
{
    public long Id { get; init; }
    public long DestinationId { get; init; }
    public long StoreId { get; init; }
    public long Sequence { get; init; }
    public long OrderId { get; init; }
    public required string Event { get; init; }

    /// <summary>Sets apart two deliveries of one event; empty where there is one.</summary>
    public required string About { get; init; }

    /// <summary>Stays the same over repeats, so that a receiver knows what it has had.</summary>
    public required string MessageId { get; init; }

    public DeliveryStatus Status { get; init; }
    public long Attempts { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the first of the tries that count was; null before it. Three days later it is given up.</summary>
    public DateTimeOffset? FirstTriedAt { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>One try.</summary>
    public sealed record Attempt
    {
        public DateTimeOffset BeganAt { get; init; }
        public long Milliseconds { get; init; }

        /// <summary>The status that the receiver gave; null where none came.</summary>
        public long? Answer { get; init; }

        /// <summary>Why it did not arrive; null where it did.</summary>
        public string? Fault { get; init; }
    }

    /// <summary>
    /// The one that has been due for longest. One whose order has an earlier one waiting is not due yet: what happened to an order
    /// is told in its order.
    /// </summary>
    internal static Delivery? NextDue(DbConnection db, long destinationId, DateTimeOffset now) => db.QuerySingleOrDefault<Delivery>($"""
        {FindSql}
          JOIN destinations t ON t.id = d.destination_id AND t.active = 1 AND t.removed_at IS NULL
         WHERE d.destination_id = @destinationId AND d.status = 'waiting' AND d.next_try_at <= @now
           AND {IsNextOfOrder}
         ORDER BY d.next_try_at, d.id
         LIMIT 1
        """, new { destinationId, now });

    /// <summary>The active destinations that have something waiting, with the first time at which one of it is due.</summary>
    internal static IReadOnlyList<(long DestinationId, DestinationKind Kind, DateTimeOffset At)> Waiting(DbConnection db) =>
        db.Query<(long, DestinationKind, DateTimeOffset)>($"""
            SELECT id, kind, at FROM (
                SELECT t.id, t.kind, (
                       SELECT d.next_try_at FROM deliveries d
                        WHERE d.destination_id = t.id AND d.status = 'waiting' AND {IsNextOfOrder}
                        ORDER BY d.next_try_at
                        LIMIT 1) AS at
                  FROM destinations t
                 WHERE t.active = 1 AND t.removed_at IS NULL) waiting
             WHERE at IS NOT NULL
            """).AsList();

    internal static Delivery? Find(DbConnection db, long destinationId, long id) => db.QuerySingleOrDefault<Delivery>(
        $"{FindSql} WHERE d.destination_id = @destinationId AND d.id = @id", new { destinationId, id });

    /// <summary>Newest first.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="destinationId">The destination.</param>
    /// <param name="status">Only those; null for all.</param>
    /// <param name="before">Only those with a smaller number; null from the newest on.</param>
    /// <param name="limit">So many at most.</param>
    internal static IReadOnlyList<Delivery> Of(DbConnection db, long destinationId, DeliveryStatus? status, long? before, long limit) =>
        db.Query<Delivery>($"""
            {FindSql}
             WHERE d.destination_id = @destinationId AND (@status IS NULL OR d.status = @status) AND (@before IS NULL OR d.id < @before)
             ORDER BY d.id DESC
             LIMIT +@limit
            """, new { destinationId, status, before, limit }).AsList();

    /// <summary>What one order was told through destinations of a kind, oldest first.</summary>
    internal static IReadOnlyList<Delivery> OfOrder(DbConnection db, DestinationKind kind, long orderId) => db.Query<Delivery>($"""
        {FindSql}
          JOIN destinations t ON t.id = d.destination_id AND t.kind = @kind
         WHERE d.order_id = @orderId
         ORDER BY d.id
        """, new { kind, orderId }).AsList();

    internal static IReadOnlyList<Attempt> AttemptsOf(DbConnection db, long id) => db.Query<Attempt>(
        "SELECT began_at, milliseconds, answer, fault FROM delivery_attempts WHERE delivery_id = @id ORDER BY number", new { id }).AsList();

    // Nothing that happened to its order before still waits.
    private const string IsNextOfOrder = """
        NOT EXISTS (
               SELECT 1 FROM deliveries e
                WHERE e.destination_id = d.destination_id AND e.order_id = d.order_id AND e.status = 'waiting' AND e.id < d.id)
        """;

    private const string FindSql = """
        SELECT d.id, d.destination_id, d.store_id, d.sequence, d.order_id, d.event, d.about, d.message_id, d.status, d.attempts,
               d.created_at, d.first_tried_at, d.next_try_at, d.ended_at
          FROM deliveries d
        """;
}
