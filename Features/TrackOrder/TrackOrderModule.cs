using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Languages;
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
                if (Find(database, public_id) is { } order)
                {
                    var (counter, offered, placedIn) = database.Read(db =>
                        (Counter.Of(db, order, clock), Counter.LanguagesOf(db, order), Counter.LanguageOf(db, order)));
                    return Pages.Show<TrackPage>(new
                    {
                        Order = order,
                        Counter = counter,
                        Language = LanguageChoice.For(http.Request, offered, placedIn),
                        Offered = offered,
                        IsForStaff = actor is not null && database.Read(db => Counter.WorksThere(db, order, actor)),
                        Origin = $"{http.Request.Scheme}://{http.Request.Host}",
                    });
                }
                return unknown.Count(http) is { Reason: Reason.TooManyRequests } tooMany ? Pages.Refused(tooMany)
                    : MissingPage.Show(http.Request, "track.missing");
            })
            .ForPeople();
    }

    private static CustomerView? Find(Database database, string publicId) => database.Read(db => CustomerView.Find(db, publicId));
}
