using System.Data.Common;
using System.Text.Json;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>A new order, for the staff of its store (section 10). <c>total</c> is in minor units of <c>currency</c>; <c>item_count</c> counts pieces over all lines.</summary>
public sealed record OrderCreated(
    long OrderId, string PublicId, long StoreId, FulfilmentType FulfilmentType, OrderStatus Status, long Total,
    string Currency, long ItemCount, string CustomerName, DateTimeOffset Timestamp, long Version, long Sequence);

/// <summary>A step, for the staff of the store (section 12).</summary>
public sealed record OrderStatusUpdated(
    long OrderId, string PublicId, OrderStatus OldStatus, OrderStatus NewStatus, DateTimeOffset Timestamp,
    FulfilmentType FulfilmentType, long StoreId, long Version, long Sequence);

/// <summary>A step, for the customer: without the numbers of orders and stores (section 12, privacy note).</summary>
public sealed record CustomerOrderStatusUpdated(
    string PublicId, OrderStatus OldStatus, OrderStatus NewStatus, DateTimeOffset Timestamp, FulfilmentType FulfilmentType, long Version);

/// <summary>News of the parcel, for the staff of the store (section 14).</summary>
public sealed record ShippingUpdated(
    long OrderId, string PublicId, long StoreId, ShippingStatus ShippingStatus, string? TrackingCode, string? TrackingUrl,
    DateTimeOffset Timestamp, long Version, long Sequence);

/// <summary>News of the parcel, for the customer.</summary>
public sealed record CustomerShippingUpdated(
    string PublicId, ShippingStatus ShippingStatus, string? TrackingCode, string? TrackingUrl, DateTimeOffset Timestamp, long Version);

/// <summary>One event by its name, ready to be sent: JSON in UTF-8, written once for all who hear it.</summary>
public sealed record Event(string Name, byte[] Json);

/// <summary>
/// What one audit row announces, and to whom. The row is the outbox: live, after a crash and on a replay years
/// later, the same row says the same thing.
/// </summary>
public sealed record Announcement
{
    public required long StoreId { get; init; }
    public required string PublicId { get; init; }

    /// <summary>The row's place in its store's commit order; the staff's position in the stream.</summary>
    public required long Sequence { get; init; }

    /// <summary>The order's version from then on; the customer's position in the stream.</summary>
    public required long Version { get; init; }

    public required long OrderId { get; init; }

    /// <summary>Whether it tells of a checkout.</summary>
    public required bool IsNewOrder { get; init; }

    /// <summary>Whether it is the last that will ever be told of the order.</summary>
    public required bool EndsOrder { get; init; }

    public required IReadOnlyList<Event> ForStore { get; init; }
    public required IReadOnlyList<Event> ForCustomer { get; init; }

    /// <summary>The same without all but its last event.</summary>
    public Announcement LastEvent() => this with { ForStore = [.. ForStore.TakeLast(1)], ForCustomer = [.. ForCustomer.TakeLast(1)] };

    /// <summary>The announcements with these audit rows, in commit order.</summary>
    /// <param name="db">A connection.</param>
    /// <param name="where">Which rows, as SQL on <c>a</c> (audit_log) and <c>o</c> (orders), with order and limit.</param>
    /// <param name="values">The values in it.</param>
    public static List<(long AuditId, Announcement Announcement)> Read(DbConnection db, string where, object values) =>
        db.All<AuditRow>($"{Sql}\n {where}", values).ConvertAll(row => (row.Id, row.Announce()));

    private const string Sql = """
        SELECT a.id, a.sequence, a.entity_id, a.action, a.version, a.meta, a.created_at,
               o.public_id, o.store_id, o.fulfilment_type, o.total, o.currency, o.customer_name
          FROM audit_log a
          JOIN orders o ON o.id = a.entity_id
        """;

    private sealed record AuditRow : IRow<AuditRow>
    {
        public long Id { get; init; }
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

        public static AuditRow Read(Row row) => new()
        {
            Id = row.Number(0),
            Sequence = row.Number(1),
            EntityId = row.Number(2),
            Action = row.Name<AuditAction>(3),
            Version = row.Number(4),
            Meta = row.Text(5),
            CreatedAt = row.Instant(6),
            PublicId = row.Text(7),
            StoreId = row.Number(8),
            FulfilmentType = row.Name<FulfilmentType>(9),
            Total = row.Number(10),
            Currency = row.Text(11),
            CustomerName = row.Text(12),
        };

        public Announcement Announce()
        {
            var meta = JsonSerializer.Deserialize<AuditMeta>(Meta, Json.Stored)!;
            var store = new List<Event>(2);
            var customer = new List<Event>(2);
            if (Action is AuditAction.OrderCreated)
                store.Add(Make(nameof(OrderCreated), new OrderCreated(
                    EntityId, PublicId, StoreId, FulfilmentType, meta.NewStatus!.Value, Total, Currency,
                    meta.ItemCount ?? 0, CustomerName, CreatedAt, Version, Sequence)));
            else if (meta is { OldStatus: { } old, NewStatus: { } now })
            {
                store.Add(Make(nameof(OrderStatusUpdated), new OrderStatusUpdated(
                    EntityId, PublicId, old, now, CreatedAt, FulfilmentType, StoreId, Version, Sequence)));
                customer.Add(Make(nameof(OrderStatusUpdated), new CustomerOrderStatusUpdated(
                    PublicId, old, now, CreatedAt, FulfilmentType, Version)));
            }
            if (meta.ShippingStatus is { } shipping)
            {
                store.Add(Make(nameof(ShippingUpdated), new ShippingUpdated(
                    EntityId, PublicId, StoreId, shipping, meta.TrackingCode, meta.TrackingUrl, CreatedAt, Version, Sequence)));
                customer.Add(Make(nameof(ShippingUpdated), new CustomerShippingUpdated(
                    PublicId, shipping, meta.TrackingCode, meta.TrackingUrl, CreatedAt, Version)));
            }
            return new()
            {
                OrderId = EntityId,
                IsNewOrder = Action is AuditAction.OrderCreated,
                EndsOrder = meta.NewStatus?.IsTerminal() ?? false,
                StoreId = StoreId,
                PublicId = PublicId,
                Sequence = Sequence,
                Version = Version,
                ForStore = store,
                ForCustomer = customer,
            };
        }

        private static Event Make<T>(string name, T payload) => new(name, JsonSerializer.SerializeToUtf8Bytes(payload, Json.Answers));
    }
}
