using System.Diagnostics;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// Places an order (section 10): names, prices and shipping cost come from the store's own catalogue and are frozen
/// with it; the order starts pending.
/// </summary>
public sealed class CheckoutModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/checkout", CheckoutAsync)
            .AllowAnonymous()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .WithTags("Customers")
            .Describe("Checkout", "Place an order", Reason.InvalidRequest, Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.StoreClosed, Reason.IdempotencyKeyReused, Reason.TooManyRequests, Reason.Busy);

    /// <remarks>Prices, names and shipping cost come from the store's catalogue and stay with the order for good.</remarks>
    private static async Task<Results<Created<CustomerView>, ProblemHttpResult>> CheckoutAsync(
        CheckoutBody body,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        Actor? actor, Database database, TimeProvider clock, KeyClock keys) =>
        await PlaceAsync(body, idempotencyKey, actor, database, clock, keys) switch
        {
            CheckoutResult.Placed { Order: var order } => TypedResults.Created($"/track/{order.PublicId}", order),
            CheckoutResult.Refused { Refusal: var refusal } => refusal.ToHttp(),
            _ => throw new UnreachableException(),
        };

    /// <param name="body">What is ordered.</param>
    /// <param name="idempotencyKey">The caller's key, or null.</param>
    /// <param name="actor">The caller with a token, whose keys no stranger can use up; null for a customer.</param>
    /// <param name="database">Where the order is kept.</param>
    /// <param name="clock">The time.</param>
    /// <param name="keys">The time by which keys expire.</param>
    internal static async Task<CheckoutResult> PlaceAsync(
        CheckoutBody body, string? idempotencyKey, Actor? actor, Database database, TimeProvider clock, KeyClock keys)
    {
        var fields = new Fields();
        var basket = CheckoutBody.Read(body, fields);
        var key = idempotencyKey is null ? null : IdempotencyKey.Read(fields, idempotencyKey, body);
        if (fields.Refusal is { } invalid)
            return new CheckoutResult.Refused(invalid);

        return await database.WriteAsync<CheckoutResult>(db =>
        {
            switch (key?.Find<CustomerView>(db, basket.StoreId, actor?.UserId, keys))
            {
                case KeyLookup<CustomerView>.Answered earlier: return new CheckoutResult.Placed(earlier.Answer);
                case KeyLookup<CustomerView>.Reused reused: return new CheckoutResult.Refused(reused.Refusal);
            }
            var pricing = basket.Price(db, fields, clock);
            if (pricing is Pricing.Refused { Refusal: var refusal })
                return new CheckoutResult.Refused(refusal);
            var (draft, lines, store) = (Pricing.Priced)pricing;
            var now = draft.CreatedAt;

            var order = db.QueryRow(OrderSql, draft, Order.Read)!;
            db.Execute(ItemSql, lines.Select((line, position) => new
            {
                order.Id,
                position,
                line.ProductId,
                line.Sku,
                line.Name,
                line.UnitPrice,
                line.Quantity,
            }));
            AuditLog.Append(db, order, actor: null, new OrderPlaced(order.Status, lines.Sum(line => line.Quantity), order.PromisedAt), now);

            var view = CustomerView.Of(order, lines, store);
            key?.Keep(db, basket.StoreId, actor?.UserId, view, now);
            return new CheckoutResult.Placed(view);
        });
    }

    private const string OrderSql = $"""
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, currency,
                            subtotal, shipping_cost, total, customer_name, customer_email, customer_phone,
                            shipping_method, shipping_name, address_line1, address_line2, city, region, postal_code,
                            country, note, created_at, pickup_at, promised_at)
        VALUES (@PublicId, @MerchantId, @StoreId, @FulfilmentType, @Status, @ShippingStatus, @Currency,
                @Subtotal, @ShippingCost, @Total, @CustomerName, @CustomerEmail, @CustomerPhone,
                @ShippingMethod, @ShippingName, @AddressLine1, @AddressLine2, @City, @Region, @PostalCode,
                @Country, @Note, @CreatedAt, @PickupAt, @PromisedAt)
        RETURNING {Order.Columns}
        """;

    private const string ItemSql = """
        INSERT INTO order_items (order_id, position, product_id, sku, name, unit_price, quantity)
        VALUES (@Id, @position, @ProductId, @Sku, @Name, @UnitPrice, @Quantity)
        """;
}
