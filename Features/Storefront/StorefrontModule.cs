using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Features.SignIn;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Storefront;

/// <summary>A small shop: one form that places an order, for merchants without a shop system and for orders by phone.</summary>
public sealed class StorefrontModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapMethods("/shop/{id}", Pages.Methods, (
                long id, string? by, HttpRequest request, Actor? actor, Database database, TimeProvider clock) =>
                Show(request, database, clock, id, ShopForm.Empty, ClerkOf(database, id, by, actor)))
            .ForPeople();

        app.MapPost("/shop/{id}", PlaceAsync)
            .AllowAnonymous()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> PlaceAsync(
        long id, HttpRequest request, Actor? actor, Database database, TimeProvider clock, [FromServices] Placing placing)
    {
        var form = request.HasFormContentType ? ShopForm.Read(await request.ReadFormAsync()) : ShopForm.Empty;
        var (body, key) = (form.ToCheckout(id), form.Key.Length == 0 ? null : form.Key);
        var clerk = ClerkOf(database, id, form["by"], actor);
        if (clerk is null && form["by"] == "counter")
            return Show(
                request, database, clock, id,
                form with { Problem = "You are signed out, and nothing was ordered. Sign in in another tab, then press the button again." },
                clerk: null, StatusCodes.Status401Unauthorized);
        var spoken = Spoken.ByCustomer(database, body, request);
        var texts = clerk is null ? spoken.Refusals : Language.English;
        var (there, refused) = clerk is null
            ? await CheckoutModule.PlaceAsync(body, key, actor: null, spoken, placing) switch
            {
                CheckoutResult<CustomerView>.Placed { Order: var order } => ($"/track/{order.PublicId}{Link(request)}", null),
                var other => (null, ((CheckoutResult<CustomerView>.Refused)other).Refusal),
            }
            : await CounterOrderModule.PlaceAsync(id, body, key, clerk, database, placing) switch
            {
                CheckoutResult<OrderView>.Placed { Order: var order } => ($"/dashboard/{id}/orders/{order.Id}", null),
                var other => ((string?)null, ((CheckoutResult<OrderView>.Refused)other).Refusal),
            };
        if (there is not null)
            return TypedResults.LocalRedirect(there);
        var refusal = refused!;

        // The browser's back button shows the form with its old key again: another order needs a new key.
        var again = refusal.Reason is Reason.IdempotencyKeyReused;
        return Show(request, database, clock, id, form with
        {
            Key = again ? ShopForm.NewKey() : form.Key,
            Problem = again
                ? texts["shop.reused"]
                : refusal.Errors.Keys.Any(field => field.EndsWith("product_id", StringComparison.Ordinal))
                    ? texts["shop.not_on_sale"]
                : refusal is { Reason: Reason.StoreClosed, Errors.Count: 0 } ? refusal.Detail
                    : texts["shop.look_again"],
            // A form without a name for the parcel takes the customer's name, so its error stands at that field.
            Errors = refusal.Errors.Where(error => error.Key != "shipping.name" || form["shipping.name"].Length > 0).ToDictionary(),
        }, clerk, refusal.Reason.Http().Status);
    }

    /// <summary>Who takes the order for a customer: somebody of the staff of this store who came here to do that.</summary>
    private static Actor? ClerkOf(Database database, long id, string? by, Actor? actor) =>
        by == "counter" && actor is not null && database.Read(db => Rights.WorksIn(db, actor, id)) ? actor : null;

    private static RazorComponentResult Show(
        HttpRequest request, Database database, TimeProvider clock, long id, ShopForm form, Actor? clerk,
        int status = StatusCodes.Status200OK)
    {
        if (CatalogueModule.Find(database, clock, id) is not { } catalogue)
            return MissingPage.Show(request, "shop.missing");
        var offered = database.Read(db => LanguageChoice.Of(db, id));
        return Pages.Show<ShopPage>(new
        {
            Catalogue = catalogue,
            Language = clerk is null ? LanguageChoice.For(request, offered) : Language.English,
            Offered = offered,
            Linked = LinkedLanguage(request),
            Schedule = database.Read(db => StoreSchedule.Of(db, id, clock.LocalTimeZone)),
            Now = clock.Now(),
            Clerk = clerk?.Name,
            LockMinutes = clerk?.DeviceId is { } tablet ? database.Read(db => Tablets.LockMinutesOf(db, tablet)) : (long?)null,
            Form = form.Key.Length == 0 ? form with { Key = ShopForm.NewKey() } : form,
        }, status);
    }

    /// <summary>The language of the link: it goes on to the next page.</summary>
    private static string? LinkedLanguage(HttpRequest request) => Language.Find(request.Query["lang"])?.Code;

    private static string Link(HttpRequest request) => LinkedLanguage(request) is { } linked ? $"?lang={linked}" : "";
}
