using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.TrackOrder;

/// <summary>The customer's view of an order, for the holder of its public id: as JSON, and as a page that follows it live.</summary>
public sealed class TrackOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/customer/{public_id}/order", Results<Ok<CustomerView>, ProblemHttpResult> (
                string public_id, Database database, HttpContext http, UnknownIds unknown) =>
            {
                http.Response.Headers.CacheControl = "no-store";
                return Find(database, public_id) is { } view ? TypedResults.Ok(view) : unknown.Count(http).ToHttp();
            })
            .AllowAnonymous()
            .OpenToWebShops()
            .WithTags("Customers")
            .Describe("TrackOrder", "See one's own order", Reason.NotFound, Reason.TooManyRequests);

        app.MapMethods("/track/{public_id}", Pages.Methods, RazorComponentResult (
                string public_id, Actor? actor, Database database, TimeProvider clock, HttpContext http, UnknownIds unknown) =>
            {
                http.Response.Headers.CacheControl = "no-store";
                return Find(database, public_id) is { } order ? Pages.Show<TrackPage>(new
                {
                    Order = order,
                    Counter = database.Read(db => Counter.Of(db, order, clock)),
                    IsForStaff = actor is not null && database.Read(db => Counter.WorksThere(db, order, actor)),
                    Origin = $"{http.Request.Scheme}://{http.Request.Host}",
                })
                    : unknown.Count(http) is { Reason: Reason.TooManyRequests } tooMany ? Pages.Refused(tooMany)
                    : Pages.Missing(
                        "This link does not lead to an order. Is it complete? " +
                        "If it came in a message, open it from there once more, or ask the shop.");
            })
            .ForPeople();
    }

    private static CustomerView? Find(Database database, string publicId) => database.Read(db => CustomerView.Find(db, publicId));
}
