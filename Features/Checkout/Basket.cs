using System.Data.Common;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>A checkout that is valid in itself and only lacks its prices.</summary>
internal sealed record Basket
{
    public required long StoreId { get; init; }
    public required FulfilmentType FulfilmentType { get; init; }
    public required IReadOnlyList<Line> Items { get; init; }
    public required string CustomerName { get; init; }
    public required string CustomerEmail { get; init; }
    public required string? CustomerPhone { get; init; }
    public required Delivery? Shipping { get; init; }
    public required string? Note { get; init; }
    public required DateTimeOffset? PickupAt { get; init; }

    public required OrderSource Source { get; init; }

    /// <summary>The order's language, and the one of refusals.</summary>
    public required Spoken Spoken { get; init; }

    public sealed record Line(long ProductId, long Quantity);

    public sealed record Delivery(
        string Method, string Name, string Line1, string? Line2, string City, string? Region, string PostalCode, string Country);

    /// <summary>Fills in names, prices and shipping cost from the store's own catalogue, or says what the store does not have.</summary>
    /// <param name="db">A connection.</param>
    /// <param name="fields">Gets what the store does not have.</param>
    /// <param name="clock">The time, and the server's zone for a store without one of its own.</param>
    public Pricing Price(DbConnection db, Fields fields, TimeProvider clock)
    {
        if (db.QuerySingleOrDefault<StoreRow>(StoreSql, new { StoreId }) is not { } store)
            return new Pricing.Refused(Refusal.Invalid("store_id", Say(CheckoutSentences.NoStore)));

        var now = clock.Now();
        var lines = Items.Select((line, i) => PriceLine(db, fields, line, i, now)).ToList();
        var method = Shipping is null ? Way.None : db.QuerySingleOrDefault<Way>(MethodSql, new { StoreId, Shipping.Method });
        if (method is null)
            fields.Tell("shipping.method", CheckoutSentences.NoMethod);
        if (fields.Refusal is { } invalid)
            return new Pricing.Refused(invalid);
        var schedule = store.ToSchedule(clock.LocalTimeZone);
        if (schedule.IsPaused(now))
            return new Pricing.Refused(Paused(schedule, now));
        if (PickupAt is { } wish && CheckWish(wish, schedule, now, Spoken.Refusals) is { } refusal)
            return new Pricing.Refused(refusal);

        var subtotal = lines.Sum(line => line.LineTotal);
        var first = Lifecycle.First(FulfilmentType);
        var order = new Order
        {
            PublicId = PublicId.New(),
            MerchantId = store.MerchantId,
            StoreId = store.Id,
            FulfilmentType = FulfilmentType,
            Status = first.Status,
            ShippingStatus = first.ShippingStatus,
            Currency = store.Currency,
            Subtotal = subtotal,
            ShippingCost = method!.Price,
            Total = subtotal + method.Price,
            OwnCourier = method.OwnCourier,
            CustomerName = CustomerName,
            CustomerEmail = CustomerEmail,
            CustomerPhone = CustomerPhone,
            ShippingMethod = Shipping?.Method,
            ShippingName = Shipping?.Name,
            AddressLine1 = Shipping?.Line1,
            AddressLine2 = Shipping?.Line2,
            City = Shipping?.City,
            Region = Shipping?.Region,
            PostalCode = Shipping?.PostalCode,
            Country = Shipping?.Country,
            Note = Note,
            CreatedAt = now,
            PickupAt = PickupAt,
            PromisedAt = PickupAt ?? schedule.Promise(FulfilmentType, now),
            PickupCode = FulfilmentType is FulfilmentType.Pickup ? PickupCode.New() : null,
            Source = Source,
            Language = Spoken.Order.Code,
        };
        return new Pricing.Priced(order, lines, store.Name);
    }

    private string Say(string english, params object?[] values) => Spoken.Refusals.Translate(english, values);

    private Refusal Paused(StoreSchedule schedule, DateTimeOffset now)
    {
        if (!schedule.IsActive)
            return Refusal.StoreClosed(Say(CheckoutSentences.Inactive), nextOpening: null);
        var told = Say(CheckoutSentences.Paused, Spoken.Refusals.Told(schedule.PausedUntil!.Value, schedule.Zone, now));
        var opening = schedule.NextOpening(now);
        return Refusal.StoreClosed(opening is { } at && at > schedule.PausedUntil
            ? $"{told} {Say(CheckoutSentences.OpensAgain, Spoken.Refusals.Told(at, schedule.Zone, now))}"
            : told, opening);
    }

    /// <summary>Why the order cannot be collected at that time, or null.</summary>
    internal static Refusal? CheckWish(DateTimeOffset wish, StoreSchedule schedule, DateTimeOffset now, Language language)
    {
        const string Field = "pickup_at";
        var nearest = schedule.NearestTo(wish, now);
        var hint = nearest is { } at
            ? language.Translate(CheckoutSentences.Nearest, language.Told(at, schedule.Zone, now), $"{at:yyyy-MM-ddTHH:mm:ss.fffZ}")
            : language.Translate(CheckoutSentences.NoOpening);
        if (wish < now + schedule.PreparationAt(now))
            return Refusal.Invalid(Field, $"{language.Translate(CheckoutSentences.NotReady)} {hint}");
        if (wish > now + StoreSchedule.FarthestWish)
            return Refusal.Invalid(Field, $"{language.Translate(CheckoutSentences.TooFar)} {hint}");
        return schedule.Hours.IsOpenAt(wish)
            ? null
            : Refusal.StoreClosed(Field, $"{language.Translate(CheckoutSentences.ClosedThen)} {hint}", nearest);
    }

    private OrderItem PriceLine(DbConnection db, Fields fields, Line line, int i, DateTimeOffset now)
    {
        var product = db.QuerySingleOrDefault<OrderItem>(ProductSql, new { StoreId, line.ProductId, now });
        if (product is null)
            fields.Tell($"items[{i}].product_id", CheckoutSentences.NoProduct);
        return product is null ? new() { Sku = "", Name = "" } : product with { Quantity = line.Quantity };
    }

    private const string StoreSql = $"""
        SELECT id, merchant_id, name, currency, {StoreSchedule.Columns}
          FROM stores
         WHERE id = @StoreId
        """;

    private const string ProductSql = $"""
        SELECT id AS product_id, sku, name, price AS unit_price
          FROM products
         WHERE id = @ProductId AND store_id = @StoreId AND {OnSale.Sql}
        """;

    private const string MethodSql = """
        SELECT price, own_courier
          FROM shipping_methods
         WHERE store_id = @StoreId AND code = @Method AND active = 1
        """;

    /// <summary>A way to send an order.</summary>
    private sealed record Way
    {
        public static readonly Way None = new();

        public long Price { get; init; }
        public bool OwnCourier { get; init; }
    }

    private sealed record StoreRow : StoreSchedule.Row
    {
        public long Id { get; init; }
        public long MerchantId { get; init; }
        public required string Name { get; init; }
        public required string Currency { get; init; }
    }
}

/// <summary>A basket with its prices and its promise, or why the store does not take it.</summary>
internal abstract record Pricing
{
    private Pricing()
    {
    }

    public sealed record Priced(Order Order, IReadOnlyList<OrderItem> Lines, string StoreName) : Pricing;

    public sealed record Refused(Refusal Refusal) : Pricing;
}
