using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>What an audit row is about.</summary>
public enum AuditAction
{
    OrderCreated,
    StatusChanged,
    StatusOverridden,
    TrackingCorrected,
}

/// <summary>
/// The facts of one audit row (section 13), enough to announce it again word for word: <see cref="NewStatus"/> is
/// there when the status moved, <see cref="ShippingStatus"/> when anything about the parcel did.
/// </summary>
public sealed record AuditMeta
{
    public OrderStatus? OldStatus { get; init; }
    public OrderStatus? NewStatus { get; init; }
    public ShippingStatus? ShippingStatus { get; init; }
    public string? TrackingCode { get; init; }
    public string? TrackingUrl { get; init; }
    public string? OldTrackingCode { get; init; }
    public string? OldTrackingUrl { get; init; }
    public string? Reason { get; init; }
    public long? ItemCount { get; init; }
}

/// <summary>The audit log, which is the outbox too: a row is written in the transaction of the step that it tells of.</summary>
public static class Audit
{
    /// <summary>Name of the one who acts where no member of staff does: the customer, at checkout.</summary>
    public const string Customer = "Customer";

    /// <summary>Adds the next row of the order's store, in the caller's write transaction.</summary>
    public static void Write(DbConnection db, Order after, Actor? actor, AuditAction action, AuditMeta meta, DateTimeOffset now) =>
        db.Execute(WriteSql, new
        {
            after.MerchantId,
            after.StoreId,
            actor?.UserId,
            after.Id,
            after.Version,
            action = Names.Of(action),
            meta = JsonSerializer.Serialize(meta, Json.Stored),
            now,
        });

    private const string WriteSql = """
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (@MerchantId, @StoreId, (SELECT 1 + COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @StoreId),
                @UserId, @Id, @action, @Version, @meta, @now)
        """;

    /// <summary>Who changed the order last, and how.</summary>
    public static LastChange LastOf(DbConnection db, Order order) =>
        db.QuerySingle<LastChange>(LastSql, new { order.Id, order.Version });

    private const string LastSql = $"""
        SELECT a.user_id, COALESCE(u.name, '{Customer}') AS actor, a.action, a.created_at
          FROM audit_log a
          LEFT JOIN users u ON u.id = a.user_id
         WHERE a.entity_id = @Id AND a.version = @Version
        """;
}

/// <summary>The latest audit row of an order, as a refusal tells it.</summary>
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
        var ago = Ago(now - CreatedAt);
        return Action switch
        {
            AuditAction.OrderCreated => $"This order was placed {ago}, and nobody has changed it since.",
            AuditAction.StatusChanged => $"{who} already {order.Status.Deed()} {ago}.",
            AuditAction.StatusOverridden => $"{who} put this order to “{order.Status.Condition()}” {ago}.",
            AuditAction.TrackingCorrected => $"{who} already corrected the tracking of this order {ago}.",
        };
    }

    private static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 1 } => $"{Quantity.Of((long)age.TotalSeconds, "second")} ago",
        { TotalHours: < 1 } => $"{Quantity.Of((long)age.TotalMinutes, "minute")} ago",
        { TotalDays: < 1 } => $"{Quantity.Of((long)age.TotalHours, "hour")} ago",
        _ => $"{Quantity.Of((long)age.TotalDays, "day")} ago",
    };
}
