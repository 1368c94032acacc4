using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.TrackOrder;

/// <summary>The customer's view of an order, for whoever holds its public id.</summary>
public sealed class TrackOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/customer/{public_id}/order", Results<Ok<CustomerView>, ProblemHttpResult> (string public_id, Database database) =>
                database.Read(db => CustomerView.Find(db, public_id)) is { } view
                    ? TypedResults.Ok(view)
                    : Problems.Answer(Refusal.NotFound))
            .AllowAnonymous()
            .WithTags("Customers")
            .Describe("TrackOrder", "See one's own order", Reason.NotFound);
}
