using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>The audit log, which is also the outbox. A row is written in the transaction of the step that it describes.</summary>
public static class AuditLog
{
    /// <summary>The actor's name where it is not a member of staff: the customer, at checkout.</summary>
    public const string Customer = "Customer";

    /// <summary>Adds the next row of the order's store, in the caller's write transaction.</summary>
    public static void Append(DbConnection db, Order after, Actor? actor, AuditEvent happened, DateTimeOffset now) =>
        db.ExecuteLater((Failpoint.IsPlanted("gap in the sequence") ? WithGapSql : AppendSql).On(db), new
        {
            after.MerchantId,
            after.StoreId,
            actor?.UserId,
            after.Id,
            after.Version,
            action = happened.Action,
            meta = happened.ToMeta(),
            now,
        });

    private static readonly SqlText AppendSql = new(dialect => Append(dialect.NextSequence));

    // PostgreSQL's counter has to move on as well, or only the first of these rows would leave a gap.
    private static readonly SqlText WithGapSql = new(dialect => Append(
        dialect == Dialect.Sqlite ? $"1 + {dialect.NextSequence}" : $"GREATEST({dialect.NextSequence}, {dialect.NextSequence})"));

    private static string Append(string sequence) => $"""
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (@MerchantId, @StoreId, {sequence},
                @UserId, @Id, @action, @Version, @meta, @now)
        """;

    /// <summary>The sequence of the store's latest row; zero where there is none.</summary>
    public static long LatestSequence(DbConnection db, long storeId) =>
        db.ExecuteScalar<long>("SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @storeId", new { storeId });

    /// <summary>Who changed the order last, and how.</summary>
    public static LastChange LastChangeOf(DbConnection db, Order order) =>
        db.QuerySingle<LastChange>(LastChangeSql, new { order.Id, order.Version });

    private const string LastChangeSql = $"""
        SELECT a.user_id, COALESCE(u.name, '{Customer}') AS actor, a.action, a.created_at
          FROM audit_log a
          LEFT JOIN users u ON u.id = a.user_id
         WHERE a.entity_id = @Id AND a.version = @Version
        """;
}

/// <summary>The latest audit row of an order, for the text of a refusal.</summary>
public sealed record LastChange
{
    public long? UserId { get; init; }
    public required string Actor { get; init; }
    public AuditAction Action { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>For example "Ana already accepted this order 3 seconds ago."</summary>
    public string Sentence(Order order, Actor reader, DateTimeOffset now)
    {
        var who = UserId == reader.UserId ? "You" : Actor;
        var ago = Quantity.Ago(now - CreatedAt);
        return Action switch
        {
            AuditAction.OrderCreated => $"This order was placed {ago}, and nobody has changed it since.",
            AuditAction.StatusChanged => $"{who} already {order.Stage.Did} {ago}.",
            AuditAction.StatusOverridden => $"{who} put this order to “{order.Stage.Is}” {ago}.",
            AuditAction.TrackingCorrected => $"{who} already corrected the tracking of this order {ago}.",
            AuditAction.PromiseChanged => $"{who} promised this order for another time {ago}.",
        };
    }
}
