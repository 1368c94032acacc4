using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>One item of a live feed: an announcement or a heartbeat.</summary>
public abstract record FeedItem;

/// <summary>Sent every two seconds. The listener's rights have just been checked and still hold.</summary>
public sealed record Heartbeat : FeedItem
{
    public static readonly Heartbeat Instance = new();
}

/// <summary>
/// What one audit row announces, and to whom. The row is the outbox: the same row announces the same events live, after a
/// crash and in a replay years later.
/// </summary>
public sealed record Announcement : FeedItem
{
    public required long StoreId { get; init; }
    public required long OrderId { get; init; }
    public required string PublicId { get; init; }

    public required FulfilmentType FulfilmentType { get; init; }

    /// <summary>The row's place in its store's commit order: the staff's position in the stream.</summary>
    public required long Sequence { get; init; }

    /// <summary>The order's version from then on: the customer's position in the stream.</summary>
    public required long Version { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether it announces a checkout.</summary>
    public required bool IsNewOrder { get; init; }

    /// <summary>Whether this is the last announcement of the order.</summary>
    public required bool EndsOrder { get; init; }

    /// <summary>When it was committed, or a little earlier, as <c>Stopwatch</c> tells; zero for one that is read later.</summary>
    public long CommittedAt { get; init; }

    /// <summary>What happened, as the row says it.</summary>
    public required AuditEvent Happened { get; init; }

    /// <summary>Whether the customer left an e-mail address.</summary>
    public required bool HasEmail { get; init; }

    public required IReadOnlyList<Event> ForStore { get; init; }
    public required IReadOnlyList<Event> ForCustomer { get; init; }

    /// <summary>The same announcement with its last event only.</summary>
    public Announcement LastEvent() => this with { ForStore = [.. ForStore.TakeLast(1)], ForCustomer = [.. ForCustomer.TakeLast(1)] };

    /// <summary>The announcements of these audit rows.</summary>
    /// <param name="db">A connection.</param>
    /// <param name="where">Which rows, as SQL on <c>a</c> (audit_log) and <c>o</c> (orders), with order and limit.</param>
    /// <param name="values">The values in it.</param>
    public static List<Announcement> Read(DbConnection db, string where, object values) =>
        db.Query<OutboxRow>($"{Sql}\n {where}", values).AsList().ConvertAll(row => row.Announce());

    /// <summary>What a store announced after a sequence, in order.</summary>
    /// <param name="db">A connection.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="after">The sequence.</param>
    /// <param name="most">How many rows at most. It is part of the text, so callers have a constant.</param>
    public static List<Announcement> OfStore(DbConnection db, long storeId, long after, int most) =>
        // Where PostgreSQL sees the values, it plans this anew each time, which takes longer than the query itself.
        Read(
            db, $"WHERE a.store_id = (SELECT @storeId) AND a.sequence > (SELECT @after) ORDER BY a.sequence LIMIT {most}",
            new { storeId, after });

    private const string Sql = """
        SELECT a.sequence, a.entity_id, a.action, a.version, a.meta, a.created_at,
               o.public_id, o.store_id, o.fulfilment_type, o.total, o.currency, o.customer_name,
               o.customer_email <> '' AS has_email
          FROM audit_log a
          JOIN orders o ON o.id = a.entity_id
        """;

    private sealed record OutboxRow
    {
        public long Sequence { get; init; }
        public long EntityId { get; init; }
        public AuditAction Action { get; init; }
        public long Version { get; init; }
        public required string Meta { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string PublicId { get; init; }
        public long StoreId { get; init; }
        public FulfilmentType FulfilmentType { get; init; }
        public long Total { get; init; }
        public required string Currency { get; init; }
        public required string CustomerName { get; init; }
        public bool HasEmail { get; init; }

        public Announcement Announce()
        {
            var happened = AuditEvent.Read(Action, Meta);
            var store = new List<Event>(2);
            var customer = new List<Event>(2);
            if (happened is OrderPlaced placed)
                store.Add(Make(nameof(OrderCreated), new OrderCreated(
                    EntityId, PublicId, StoreId, FulfilmentType, placed.NewStatus, Total, Currency,
                    placed.ItemCount, CustomerName, CreatedAt, Version, Sequence)));
            if (happened is IStatusChange change)
            {
                store.Add(Make(nameof(OrderStatusUpdated), new OrderStatusUpdated(
                    EntityId, PublicId, change.OldStatus, change.NewStatus, CreatedAt, FulfilmentType, StoreId, Version, Sequence)));
                customer.Add(Make(nameof(OrderStatusUpdated), new CustomerOrderStatusUpdated(
                    PublicId, change.OldStatus, change.NewStatus, CreatedAt, FulfilmentType, Version)));
            }
            if (happened is IParcelChange { ShippingStatus: { } shipping } parcel)
            {
                store.Add(Make(nameof(ShippingUpdated), new ShippingUpdated(
                    EntityId, PublicId, StoreId, shipping, parcel.TrackingCode, parcel.TrackingUrl, CreatedAt, Version, Sequence)));
                customer.Add(Make(nameof(ShippingUpdated), new CustomerShippingUpdated(
                    PublicId, shipping, parcel.TrackingCode, parcel.TrackingUrl, CreatedAt, Version)));
            }
            if (happened is IPromiseChange { PromisedAt: { } promisedAt })
            {
                store.Add(Make(nameof(PromiseUpdated), new PromiseUpdated(
                    EntityId, PublicId, StoreId, promisedAt, CreatedAt, Version, Sequence)));
                customer.Add(Make(nameof(PromiseUpdated), new CustomerPromiseUpdated(PublicId, promisedAt, CreatedAt, Version)));
            }
            return new()
            {
                OrderId = EntityId,
                FulfilmentType = FulfilmentType,
                IsNewOrder = happened is OrderPlaced,
                EndsOrder = happened is IStatusChange { NewStatus: var status } && Lifecycle.IsTerminal(FulfilmentType, status),
                StoreId = StoreId,
                PublicId = PublicId,
                Sequence = Sequence,
                Version = Version,
                At = CreatedAt,
                Happened = happened,
                HasEmail = HasEmail,
                ForStore = store,
                ForCustomer = customer,
            };
        }

        private static Event Make<T>(string name, T payload) => new(name, JsonSerializer.SerializeToUtf8Bytes(payload, Json.Answers));
    }
}
