using System.Diagnostics;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>Staff take an order at the counter or by phone: as a checkout, with the clerk's name, and without need of an e-mail.</summary>
public sealed class CounterOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/stores/{id}/orders", TakeAsync)
            .WithTags("Orders")
            .Describe("TakeOrder", "Take an order at the counter or by phone", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.StoreClosed,
                Reason.IdempotencyKeyReused, Reason.Busy);

    /// <remarks>As POST /checkout, for the store of the address; the customer's e-mail address is optional.</remarks>
    private static async Task<Results<Created<OrderView>, ProblemHttpResult>> TakeAsync(
        long id,
        CheckoutBody body,
        [FromHeader(Name = IdempotencyKey.Header)] string? idempotencyKey,
        Actor actor, Database database, [FromServices] Placing placing) =>
        await PlaceAsync(id, body, idempotencyKey, actor, database, placing) switch
        {
            CheckoutResult<OrderView>.Placed { Order: var order } => TypedResults.Created($"/track/{order.PublicId}", order),
            CheckoutResult<OrderView>.Refused { Refusal: var refusal } => refusal.ToHttp(),
            _ => throw new UnreachableException(),
        };

    internal static Task<CheckoutResult<OrderView>> PlaceAsync(
        long store, CheckoutBody body, string? idempotencyKey, Actor actor, Database database, Placing placing)
    {
        var own = body with { StoreId = store };
        var spoken = database.Read(db => Spoken.ByClerk(db, own));
        var fields = spoken.Fields();
        if (body.StoreId is { } other && other != store)
            fields.Refuse("store_id", "This is not the store of the address: leave it out.");
        var basket = CheckoutBody.Read(own, fields, spoken, OrderSource.Counter);
        return placing.PlaceAsync(basket, fields, idempotencyKey, own, actor, (order, items, _) => OrderView.Of(order, items, actor));
    }
}
