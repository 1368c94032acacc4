using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.GetOrder;

/// <summary>One order, for staff of its store; its version is its ETag.</summary>
public sealed class GetOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/orders/{id}", Get)
            .WithTags("Orders")
            .Describe("GetOrder", "See an order", Reason.Unauthenticated, Reason.NotFound);

    private static Results<Ok<OrderView>, NotModified, ProblemHttpResult> Get(long id, Actor actor, Database database, HttpContext http) =>
        database.Read<Results<Ok<OrderView>, NotModified, ProblemHttpResult>>(db =>
        {
            if (Order.Find(db, id, actor) is not { } order)
                return Refusal.NotFound.ToHttp();
            // What can change in the answer changes with the version, or is erased. Only the allowed transitions are the reader's own.
            if (NotModified.For(http, order.ErasedAt is null ? $"{order.Version}" : $"{order.Version}-erased") is { } unchanged)
                return unchanged;
            return TypedResults.Ok(OrderView.Of(order, OrderItem.Of(db, id), actor));
        });

    internal static OrderView? Find(Database database, long id, Actor actor) =>
        database.Read(db => Order.Find(db, id, actor) is { } order ? OrderView.Of(order, OrderItem.Of(db, id), actor) : null);
}
