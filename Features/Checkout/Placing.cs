using System.Diagnostics;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>Places an order of the web shop or the counter: prices it, writes it with its items, and adds its first audit row.</summary>
internal sealed class Placing(Database database, TimeProvider clock, KeyClock keys)
{
    /// <summary>What is placed, in the words of who reads the answer.</summary>
    public delegate TView ViewOf<TView>(Order order, IReadOnlyList<OrderItem> items, string storeName);

    /// <summary>What a key stands for at the counter.</summary>
    internal sealed record CounterCheckout(CheckoutBody Counter);

    /// <param name="basket">What is ordered.</param>
    /// <param name="fields">What is wrong with the body so far.</param>
    /// <param name="idempotencyKey">The caller's key, or null.</param>
    /// <param name="body">What the key stands for.</param>
    /// <param name="actor">The caller with a token or session, whose keys no stranger can use up; null for a customer.</param>
    /// <param name="viewOf">The answer.</param>
    public async Task<CheckoutResult<TView>> PlaceAsync<TView>(
        Basket basket, Fields fields, string? idempotencyKey, CheckoutBody body, Actor? actor, ViewOf<TView> viewOf) where TView : class
    {
        using var trace = Telemetry.Source.StartActivity("checkout");
        try
        {
            var (result, isRepeated) = await PlaceAsync(basket, fields, idempotencyKey, body, actor, viewOf, trace);
            OrderMetrics.CountCheckout(
                basket.Source, isRepeated ? OrderMetrics.Repeated : result is CheckoutResult<TView>.Placed ? "placed" : "refused");
            return result;
        }
        catch (Exception fault)
        {
            OrderMetrics.CountCheckout(basket.Source, OrderMetrics.OutcomeOf(fault));
            throw;
        }
    }

    private async Task<(CheckoutResult<TView> Result, bool IsRepeated)> PlaceAsync<TView>(
        Basket basket, Fields fields, string? idempotencyKey, CheckoutBody body, Actor? actor, ViewOf<TView> viewOf, Activity? trace)
        where TView : class
    {
        var key = idempotencyKey is null ? null : basket.Source is OrderSource.Counter
            ? IdempotencyKey.Read(fields, idempotencyKey, new CounterCheckout(body)) // another request than the same body at the checkout
            : IdempotencyKey.Read(fields, idempotencyKey, body);
        if (fields.Refusal is { } invalid)
            return (new CheckoutResult<TView>.Refused(invalid), false);

        var isRepeated = false;
        var result = await database.WriteAsync<CheckoutResult<TView>>(db =>
        {
            var isOurs = basket.Source is OrderSource.Counter;
            if (isOurs && !Rights.WorksIn(db, actor!, basket.StoreId))
                return new CheckoutResult<TView>.Refused(Refusal.NotFound);
            switch (key?.Find<TView>(db, basket.StoreId, actor?.UserId, keys))
            {
                case KeyLookup<TView>.Answered earlier:
                    isRepeated = true;
                    return new CheckoutResult<TView>.Placed(earlier.Answer);
                case KeyLookup<TView>.Reused reused: return new CheckoutResult<TView>.Refused(reused.Refusal);
            }
            var pricing = basket.Price(db, fields, clock);
            if (pricing is Pricing.Refused { Refusal: var refusal })
                return new CheckoutResult<TView>.Refused(refusal);
            var (draft, lines, store) = (Pricing.Priced)pricing;
            var now = draft.CreatedAt;

            var order = db.QueryRow(OrderSql, draft, Order.Read)!;
            db.ExecuteLater(ItemSql, lines.Select((line, position) => new
            {
                order.Id,
                position,
                line.ProductId,
                line.Sku,
                line.Name,
                line.UnitPrice,
                line.Quantity,
            }));
            var placed = new OrderPlaced(
                order.Status, lines.Sum(line => line.Quantity), order.PromisedAt, isOurs ? OrderSource.Counter : null);
            var view = viewOf(order, lines, store);
            key?.Keep(db, basket.StoreId, actor?.UserId, view, now);
            AuditLog.Append(db, order, isOurs ? actor : null, placed, now); // last, as in Transitions
            EventTraces.Remember(trace, order);
            return new CheckoutResult<TView>.Placed(view);
        }, WriteScope.SideBySide);
        return (result, isRepeated);
    }

    private const string OrderSql = $"""
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, currency,
                            subtotal, shipping_cost, total, customer_name, customer_email, customer_phone,
                            shipping_method, shipping_name, address_line1, address_line2, city, region, postal_code,
                            country, note, created_at, pickup_at, promised_at, pickup_code, source, own_courier, language)
        VALUES (@PublicId, @MerchantId, @StoreId, @FulfilmentType, @Status, @ShippingStatus, @Currency,
                @Subtotal, @ShippingCost, @Total, @CustomerName, @CustomerEmail, @CustomerPhone,
                @ShippingMethod, @ShippingName, @AddressLine1, @AddressLine2, @City, @Region, @PostalCode,
                @Country, @Note, @CreatedAt, @PickupAt, @PromisedAt, @PickupCode, @Source, @OwnCourier, @Language)
        RETURNING {Order.Columns}
        """;

    private const string ItemSql = """
        INSERT INTO order_items (order_id, position, product_id, sku, name, unit_price, quantity)
        VALUES (@Id, @position, @ProductId, @Sku, @Name, @UnitPrice, @Quantity)
        """;
}
