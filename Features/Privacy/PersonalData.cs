using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>All that is kept about a customer.</summary>
/// <param name="ExportedAt">When this was read.</param>
/// <param name="AlsoIn">Where copies may be that are not in here.</param>
/// <param name="Orders">Their orders, newest first; 1,000 at most.</param>
public sealed record PersonalData(DateTimeOffset ExportedAt, string AlsoIn, IReadOnlyList<PersonalData.OneOrder> Orders)
{
    /// <param name="Order">The order with its items, as staff see it.</param>
    /// <param name="StoreName">The store.</param>
    /// <param name="PickupCode">The code that the customer shows to collect it.</param>
    /// <param name="History">Who did what to it, oldest first.</param>
    /// <param name="KeptAnswers">Answers to requests that carried an idempotency key; they are removed after 72 hours.</param>
    /// <param name="Sent">What was sent to others about it.</param>
    public sealed record OneOrder(
        OrderView Order, string StoreName, string? PickupCode, IReadOnlyList<Entry> History, IReadOnlyList<KeptAnswer> KeptAnswers,
        IReadOnlyList<Sending> Sent);

    /// <param name="Action">What was done.</param>
    /// <param name="Actor">By whom.</param>
    /// <param name="Timestamp">When.</param>
    /// <param name="Meta">What belongs to it, such as a reason that was typed in.</param>
    public sealed record Entry(AuditAction Action, string Actor, DateTimeOffset Timestamp, JsonElement Meta);

    /// <param name="CreatedAt">When it was answered.</param>
    /// <param name="Answer">What was answered.</param>
    public sealed record KeptAnswer(DateTimeOffset CreatedAt, JsonElement Answer);

    /// <param name="Kind">How, as in webhook.</param>
    /// <param name="Event">The event.</param>
    /// <param name="Status">What became of it.</param>
    /// <param name="CreatedAt">When it was due.</param>
    public sealed record Sending(string Kind, string Event, string Status, DateTimeOffset CreatedAt);

    internal static PersonalData Of(DbConnection db, IReadOnlyCollection<Order> orders, Actor reader, DateTimeOffset now)
    {
        var values = new { reader.MerchantId, ids = SqlList.Of(orders.Select(order => order.Id)) };
        var stores = db.Query<(long, string)>("SELECT id, name FROM stores WHERE merchant_id = @MerchantId", values)
            .ToDictionary(store => store.Item1, store => store.Item2);
        var history = db.Query<HistoryRow>(HistorySql, values).ToLookup(row => row.EntityId);
        var answers = db.Query<AnswerRow>(AnswersSql, values).ToLookup(row => row.PublicId);
        var sent = db.Query<SentRow>(SentSql, values).ToLookup(row => row.OrderId);
        return new(now, OtherPlaces.Sentence,
        [
            .. orders.Zip(OrderView.Of(db, orders, reader), (order, view) => new OneOrder(
                view,
                stores[order.StoreId],
                order.PickupCode,
                [.. history[order.Id].Select(row => new Entry(row.Action, row.Actor, row.CreatedAt, Read(row.Meta)))],
                [.. answers[order.PublicId].Select(row => new KeptAnswer(row.CreatedAt, Read(row.Answer)))],
                [.. sent[order.Id].Select(row => new Sending(row.Kind, row.Event, row.Status, row.CreatedAt))])),
        ]);
    }

    private static JsonElement Read(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private const string HistorySql = $"""
        SELECT a.entity_id, a.action, COALESCE(u.name, '{AuditLog.Customer}') AS actor, a.created_at, a.meta
          FROM audit_log a
          LEFT JOIN users u ON u.id = a.user_id
         WHERE a.entity_id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids))
         ORDER BY a.entity_id, a.version
        """;

    private const string AnswersSql = """
        SELECT json_extract(k.answer, '$.public_id') AS public_id, k.created_at, k.answer
          FROM idempotency_keys k
         WHERE k.store_id IN (SELECT id FROM stores WHERE merchant_id = @MerchantId)
           AND json_extract(k.answer, '$.public_id') IN (
               SELECT public_id FROM orders WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids)))
         ORDER BY k.created_at
        """;

    private const string SentSql = """
        SELECT d.order_id, t.kind, d.event, d.status, d.created_at
          FROM deliveries d
          JOIN destinations t ON t.id = d.destination_id
         WHERE d.order_id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids))
         ORDER BY d.id
        """;

    private sealed record HistoryRow
    {
        public long EntityId { get; init; }
        public AuditAction Action { get; init; }
        public required string Actor { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string Meta { get; init; }
    }

    private sealed record AnswerRow
    {
        public required string PublicId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string Answer { get; init; }
    }

    private sealed record SentRow
    {
        public long OrderId { get; init; }
        public required string Kind { get; init; }
        public required string Event { get; init; }
        public required string Status { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
