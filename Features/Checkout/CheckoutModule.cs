using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// Places an order (section 10): names, prices and shipping cost come from the store's own catalogue and are frozen
/// with it; the order starts pending.
/// </summary>
public sealed class CheckoutModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/checkout", Checkout)
            .AllowAnonymous()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .WithTags("Customers")
            .Describe("Checkout", "Place an order", Reason.InvalidRequest, Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.IdempotencyKeyReused, Reason.TooManyRequests, Reason.Busy);

    /// <remarks>Prices, names and shipping cost come from the store's catalogue and stay with the order for good.</remarks>
    internal static async Task<Results<Created<CustomerView>, ProblemHttpResult>> Checkout(
        CheckoutBody body,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        Database database, TimeProvider clock, KeyClock keys)
    {
        var (basket, key, invalid) = CheckoutBody.Read(body, idempotencyKey);
        if (invalid is not null)
            return Problems.Answer(invalid);

        var (view, refusal) = await database.Write<(CustomerView?, Refusal?)>(db =>
        {
            var now = clock.Now();
            if (key?.Find<CustomerView>(db, basket.StoreId, userId: null, keys) is { } earlier)
                return earlier;

            var (order, lines, store, unknown) = basket.Price(db, now);
            if (unknown is not null)
                return (null, unknown);

            order = db.One<Order>(OrderSql, order)!;
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
            Audit.Write(db, order, actor: null, AuditAction.OrderCreated,
                new AuditMeta { NewStatus = order.Status, ItemCount = lines.Sum(line => line.Quantity) }, now);

            var answer = CustomerView.Of(order, lines, store);
            key?.Keep(db, basket.StoreId, userId: null, answer, now);
            return (answer, null);
        });
        return view is null ? Problems.Answer(refusal!) : TypedResults.Created($"/track/{view.PublicId}", view);
    }

    private const string OrderSql = """
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, currency,
                            subtotal, shipping_cost, total, customer_name, customer_email, customer_phone,
                            shipping_method, shipping_name, address_line1, address_line2, city, region, postal_code,
                            country, note, created_at)
        VALUES (@PublicId, @MerchantId, @StoreId, @FulfilmentType, @Status, @ShippingStatus, @Currency,
                @Subtotal, @ShippingCost, @Total, @CustomerName, @CustomerEmail, @CustomerPhone,
                @ShippingMethod, @ShippingName, @AddressLine1, @AddressLine2, @City, @Region, @PostalCode,
                @Country, @Note, @CreatedAt)
        RETURNING *
        """;

    private const string ItemSql = """
        INSERT INTO order_items (order_id, position, product_id, sku, name, unit_price, quantity)
        VALUES (@Id, @position, @ProductId, @Sku, @Name, @UnitPrice, @Quantity)
        """;
}
