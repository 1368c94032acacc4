using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Storefront;

/// <summary>A small shop: one form that places an order, for merchants without a shop system and for orders by phone.</summary>
public sealed class StorefrontModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPage("/shop/{id}", (long id, Database database, TimeProvider clock) => Show(database, clock, id, ShopForm.Empty));

        app.MapPost("/shop/{id}", PlaceAsync)
            .AllowAnonymous()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> PlaceAsync(
        long id, HttpRequest request, Database database, TimeProvider clock, [FromServices] Placing placing)
    {
        var form = request.HasFormContentType ? ShopForm.Read(await request.ReadFormAsync()) : ShopForm.Empty;
        var result = await CheckoutModule.PlaceAsync(
            form.ToCheckout(id), form.Key.Length == 0 ? null : form.Key, actor: null, placing);
        if (result is not CheckoutResult<CustomerView>.Refused { Refusal: var refusal })
            return TypedResults.LocalRedirect($"/track/{((CheckoutResult<CustomerView>.Placed)result).Order.PublicId}");

        // The browser's back button shows the form with its old key again: another order needs a new key.
        var again = refusal.Reason is Reason.IdempotencyKeyReused;
        return Show(database, clock, id, form with
        {
            Key = again ? ShopForm.NewKey() : form.Key,
            Problem = again
                ? "You have placed an order from this page already. Press the button again to place this one as well."
                : refusal.Errors.Keys.Any(field => field.EndsWith("product_id", StringComparison.Ordinal))
                    ? "Something in your order is not on sale any more. Look at it once more."
                    : "Not quite there yet. Look at the fields that are marked.",
            // A form without a name for the parcel takes the customer's name, so its error stands at that field.
            Errors = refusal.Errors.Where(error => error.Key != "shipping.name" || form["shipping.name"].Length > 0).ToDictionary(),
        }, refusal.Reason.Http().Status);
    }

    private static RazorComponentResult Show(
        Database database, TimeProvider clock, long id, ShopForm form, int status = StatusCodes.Status200OK) =>
        CatalogueModule.Find(database, clock, id) is { } catalogue
            ? Pages.Show<ShopPage>(new
            {
                Catalogue = catalogue,
                Schedule = database.Read(db => StoreSchedule.Of(db, id, clock.LocalTimeZone)),
                Now = clock.Now(),
                Form = form.Key.Length == 0 ? form with { Key = ShopForm.NewKey() } : form,
            }, status)
            : Pages.Missing("There is no shop at this address.");
}
