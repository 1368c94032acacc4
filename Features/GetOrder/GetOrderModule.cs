using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.GetOrder;

/// <summary>One order, for staff of its store; its version is its ETag.</summary>
public sealed class GetOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/orders/{id}", Get)
            .WithTags("Orders")
            .Describe("GetOrder", "See an order", Reason.Unauthenticated, Reason.NotFound);

    private static Results<Ok<OrderView>, ProblemHttpResult> Get(long id, Actor actor, Database database, HttpResponse response)
    {
        if (Find(database, id, actor) is not { } view)
            return Problems.Answer(Refusal.NotFound);
        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }

    internal static OrderView? Find(Database database, long id, Actor actor) =>
        database.Read(db => Order.Find(db, id, actor) is { } order ? OrderView.Of(order, OrderItem.Of(db, id)) : null);
}
