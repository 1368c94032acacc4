using System.Diagnostics;
using Carter;
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
            .OpenToWebShops()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .WithTags("Customers")
            .Describe("Checkout", "Place an order", Reason.InvalidRequest, Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.StoreClosed, Reason.IdempotencyKeyReused, Reason.TooManyRequests, Reason.Busy);

    /// <remarks>Prices, names and shipping cost come from the store's catalogue and stay with the order for good.</remarks>
    private static async Task<Results<Created<CustomerView>, ProblemHttpResult>> CheckoutAsync(
        CheckoutBody body,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        Actor? actor, HttpRequest request, Database database, [FromServices] Placing placing) =>
        await PlaceAsync(body, idempotencyKey, actor, Spoken.ByCustomer(database, body, request), placing) switch
        {
            CheckoutResult<CustomerView>.Placed { Order: var order } => TypedResults.Created($"/track/{order.PublicId}", order),
            CheckoutResult<CustomerView>.Refused { Refusal: var refusal } => refusal.ToHttp(),
            _ => throw new UnreachableException(),
        };

    /// <param name="body">What is ordered.</param>
    /// <param name="idempotencyKey">The caller's key, or null.</param>
    /// <param name="actor">The caller with a token, whose keys no stranger can use up; null for a customer.</param>
    /// <param name="spoken">In which languages.</param>
    /// <param name="placing">Places it.</param>
    internal static Task<CheckoutResult<CustomerView>> PlaceAsync(
        CheckoutBody body, string? idempotencyKey, Actor? actor, Spoken spoken, Placing placing)
    {
        var fields = spoken.Fields();
        var basket = CheckoutBody.Read(body, fields, spoken);
        return placing.PlaceAsync(basket, fields, idempotencyKey, body, actor,
            (order, items, store) => CustomerView.Of(order, items, store));
    }
}
