using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// The row that every slice reads. Money is in minor units of <see cref="Currency"/>, instants are UTC. Everything but
/// status, shipping status, tracking, version, the instants after <see cref="CreatedAt"/>, the promise, the shelf and the
/// cancellation is frozen at checkout (section 11), until personal data are erased.
/// </summary>
public sealed record Order
{
    public long Id { get; init; }
    public required string PublicId { get; init; }
    public long MerchantId { get; init; }
    public long StoreId { get; init; }
    public FulfilmentType FulfilmentType { get; init; }
    public OrderStatus Status { get; init; }
    public ShippingStatus? ShippingStatus { get; init; }
    public long Version { get; init; }
    public required string Currency { get; init; }
    public long Subtotal { get; init; }
    public long ShippingCost { get; init; }
    public long Total { get; init; }
    public required string CustomerName { get; init; }
    public required string CustomerEmail { get; init; }
    public string? CustomerPhone { get; init; }
    public string? ShippingMethod { get; init; }
    public string? ShippingName { get; init; }
    public string? AddressLine1 { get; init; }
    public string? AddressLine2 { get; init; }
    public string? City { get; init; }
    public string? Region { get; init; }
    public string? PostalCode { get; init; }
    public string? Country { get; init; }
    public string? Note { get; init; }
    public string? TrackingCode { get; init; }
    public string? TrackingUrl { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? AcceptedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
    public CancelReason? CancelReason { get; init; }
    public string? CancelNote { get; init; }

    /// <summary>When the customer wishes to collect it; null for as soon as possible.</summary>
    public DateTimeOffset? PickupAt { get; init; }

    /// <summary>When it shall be ready, or sent; null where nothing is promised.</summary>
    public DateTimeOffset? PromisedAt { get; init; }

    /// <summary>Where a ready order lies, in the shop's own words.</summary>
    public string? Shelf { get; init; }

    /// <summary>Four digits that the customer shows at the counter; null for an order that is sent.</summary>
    public string? PickupCode { get; init; }

    public OrderSource Source { get; init; }

    /// <summary>The language in which it was placed, as in <c>de</c>; messages to the customer are written in it.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Whether the shop itself brings it, so that it needs no carrier's code; as its method was at checkout.</summary>
    public bool OwnCourier { get; init; }

    /// <summary>When its personal data were erased; null where they are there.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>
    /// Whether its store hands it over for the code only; as <see cref="Find"/> reads it, for the step. The store may change its mind.
    /// </summary>
    public bool AsksForCode { get; init; }

    /// <summary>What the lifecycle says of where the order is.</summary>
    public Stage Stage => Lifecycle.Of(FulfilmentType, Status);

    /// <summary>The statuses to which the ordinary steps of somebody with this role lead from here.</summary>
    public IReadOnlyList<OrderStatus> AllowedTransitions(Role role) => Lifecycle.AllowedFrom(FulfilmentType, Status, role);

    /// <summary>The columns of the table, for a SELECT from <c>orders</c> or a RETURNING.</summary>
    public const string Columns = """
        id, public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, version, currency, subtotal, shipping_cost, total,
        customer_name, customer_email, customer_phone, shipping_method, shipping_name, address_line1, address_line2, city, region,
        postal_code, country, note, tracking_code, tracking_url, created_at, accepted_at, started_at, ready_at, completed_at,
        cancelled_at, cancel_reason, cancel_note, pickup_at, promised_at, shelf, pickup_code, source, own_courier, erased_at, language
        """;

    /// <summary>Reads a row of <see cref="Columns"/>, by place.</summary>
    public static Order Read(RowReader row) => new()
    {
        Id = row.Number(0),
        PublicId = row.Text(1),
        MerchantId = row.Number(2),
        StoreId = row.Number(3),
        FulfilmentType = row.Name<FulfilmentType>(4),
        Status = row.Name<OrderStatus>(5),
        ShippingStatus = row.NameOrNull<ShippingStatus>(6),
        Version = row.Number(7),
        Currency = row.Text(8),
        Subtotal = row.Number(9),
        ShippingCost = row.Number(10),
        Total = row.Number(11),
        CustomerName = row.Text(12),
        CustomerEmail = row.Text(13),
        CustomerPhone = row.TextOrNull(14),
        ShippingMethod = row.TextOrNull(15),
        ShippingName = row.TextOrNull(16),
        AddressLine1 = row.TextOrNull(17),
        AddressLine2 = row.TextOrNull(18),
        City = row.TextOrNull(19),
        Region = row.TextOrNull(20),
        PostalCode = row.TextOrNull(21),
        Country = row.TextOrNull(22),
        Note = row.TextOrNull(23),
        TrackingCode = row.TextOrNull(24),
        TrackingUrl = row.TextOrNull(25),
        CreatedAt = row.Instant(26),
        AcceptedAt = row.InstantOrNull(27),
        StartedAt = row.InstantOrNull(28),
        ReadyAt = row.InstantOrNull(29),
        CompletedAt = row.InstantOrNull(30),
        CancelledAt = row.InstantOrNull(31),
        CancelReason = row.NameOrNull<CancelReason>(32),
        CancelNote = row.TextOrNull(33),
        PickupAt = row.InstantOrNull(34),
        PromisedAt = row.InstantOrNull(35),
        Shelf = row.TextOrNull(36),
        PickupCode = row.TextOrNull(37),
        Source = row.Name<OrderSource>(38),
        OwnCourier = row.Number(39) == 1,
        ErasedAt = row.InstantOrNull(40),
        Language = row.Text(41),
    };

    /// <summary>The order, if it exists in a store where the actor works; else null, so that nobody learns which it is.</summary>
    public static Order? Find(DbConnection db, long id, Actor actor) =>
        db.QueryRow(Checked(FindSql), ValuesOf(id, actor), ReadFound);

    /// <summary>The same for a write, which other writes of the order wait for, with its items.</summary>
    public static (Order Order, IReadOnlyList<OrderItem> Items)? FindToChange(DbConnection db, long id, Actor actor) =>
        db.QueryRowWithMore(Checked(FindToChangeSql.On(db)), OrderItem.OfOneSql, ValuesOf(id, actor), ReadFound, OrderItem.Read);

    private static string Checked(string sql) =>
        Failpoint.IsPlanted("foreign store reachable") ? sql[..sql.IndexOf("AND EXISTS")] : sql;

    private static object ValuesOf(long id, Actor actor) => new { id, actor.UserId, actor.OnlyStore };

    private static Order ReadFound(RowReader row) => Read(row) with { AsksForCode = row.Number(42) == 1 };

    private static readonly SqlText FindToChangeSql = new(dialect => FindSql + dialect.LockingOrder);

    private const string FindSql = $"""
        SELECT {Columns}, (SELECT s.asks_for_code FROM stores s WHERE s.id = o.store_id) AS asks_for_code
          FROM orders o
         WHERE o.id = @id AND (@OnlyStore IS NULL OR o.store_id = @OnlyStore)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = o.store_id)
        """;
}
