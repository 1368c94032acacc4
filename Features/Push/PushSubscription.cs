using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Push;

/// <summary>A browser by which a customer asked to be told of an order. It is kept until the order has ended.</summary>
internal sealed record PushSubscription
{
    /// <summary>So many an order has. Its link may go round in a family, and each subscription is a message of its own.</summary>
    public const int Most = 5;

    public long Id { get; init; }
    public long OrderId { get; init; }
    public required string Endpoint { get; init; }
    public required byte[] P256dh { get; init; }
    public required byte[] Auth { get; init; }

    public static IReadOnlyList<PushSubscription> Of(DbConnection db, long orderId) => db.Query<PushSubscription>(
        "SELECT id, order_id, endpoint, p256dh, auth FROM push_subscriptions WHERE order_id = @orderId ORDER BY id", new { orderId })
        .AsList();

    /// <summary>Keeps it; of an address that is there already, the keys.</summary>
    public void Put(DbConnection db, DateTimeOffset now) => db.Execute(PutSql, new { OrderId, Endpoint, P256dh, Auth, now });

    public static void Remove(DbConnection db, long id) => db.Execute("DELETE FROM push_subscriptions WHERE id = @id", new { id });

    public static void Remove(DbConnection db, long orderId, string endpoint) => db.Execute(
        "DELETE FROM push_subscriptions WHERE order_id = @orderId AND endpoint = @endpoint", new { orderId, endpoint });

    public static void RemoveOf(DbConnection db, long orderId) =>
        db.Execute("DELETE FROM push_subscriptions WHERE order_id = @orderId", new { orderId });

    /// <summary>Removes those whose order has ended, with nothing about it that still waits.</summary>
    /// <returns>How many.</returns>
    public static int RemoveEnded(DbConnection db) => db.Execute($"DELETE FROM push_subscriptions WHERE order_id IN ({EndedSql})");

    /// <summary>Whether <see cref="RemoveEnded"/> finds any.</summary>
    public static bool HasEnded(DbConnection db) => db.ExecuteScalar<bool>($"SELECT EXISTS ({EndedSql})");

    private const string PutSql = """
        INSERT INTO push_subscriptions (order_id, endpoint, p256dh, auth, created_at)
        VALUES (@OrderId, @Endpoint, @P256dh, @Auth, @now)
        ON CONFLICT (order_id, endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth
        """;

    private const string EndedSql = """
        SELECT p.order_id
          FROM push_subscriptions p
          JOIN orders o ON o.id = p.order_id
          JOIN lifecycle l ON l.fulfilment_type = o.fulfilment_type AND l.status = o.status
         WHERE l.terminal = 1
           AND NOT EXISTS (
               SELECT 1 FROM deliveries d
                 JOIN destinations t ON t.id = d.destination_id AND t.kind = 'push'
                WHERE d.order_id = p.order_id AND d.status = 'waiting')
           AND NOT EXISTS (
               SELECT 1 FROM destinations t
                 JOIN destination_stores c ON c.destination_id = t.id AND c.store_id = o.store_id
                 JOIN audit_log a ON a.store_id = c.store_id AND a.sequence > c.cursor
                WHERE t.merchant_id = o.merchant_id AND t.kind = 'push' AND a.entity_id = o.id)
        """;
}
