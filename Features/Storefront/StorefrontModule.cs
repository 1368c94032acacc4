using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.Checkout;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Storefront;

/// <summary>A small shop window: one form that places an order, for a merchant without a shop system and for orders by phone.</summary>
public sealed class StorefrontModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPage("/shop/{id}", (long id, Database database) => Show(database, id, ShopForm.Empty));

        app.MapPost("/shop/{id}", Place)
            .AllowAnonymous()
            .RequireRateLimiting(CheckoutLimit.Policy)
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> Place(
        long id, HttpRequest request, Database database, TimeProvider clock)
    {
        var form = request.HasFormContentType ? ShopForm.Read(await request.ReadFormAsync()) : ShopForm.Empty;
        var key = form.Key.Length == 0 ? null : form.Key;
        var answer = await CheckoutModule.Checkout(form.ToCheckout(id), key, actor: null, database, clock);
        if (answer.Result is Created<CustomerView> { Value: { } order })
            return TypedResults.LocalRedirect($"/track/{order.PublicId}");

        var problem = ((ProblemHttpResult)answer.Result).ProblemDetails;
        // The browser's back button brings the form back with its key: another order needs another one.
        var again = problem.Status == StatusCodes.Status422UnprocessableEntity;
        var errors = problem.Extensions.TryGetValue("errors", out var found) ? (IReadOnlyDictionary<string, string[]>)found! : new Dictionary<string, string[]>();
        return Show(database, id, form with
        {
            Key = again ? ShopForm.NewKey() : form.Key,
            Problem = again
                ? "You have placed an order from this page already. Press the button again to place this one as well."
                : errors.Keys.Any(field => field.EndsWith("product_id", StringComparison.Ordinal))
                    ? "Something in your order is not on sale any more. Look at it once more."
                    : "Not quite there yet. Look at the fields that are marked.",
            // Left empty, the name on the parcel is the customer's, and what is wrong with that stands there.
            Errors = errors.Where(error => error.Key != "shipping.name" || form["shipping.name"].Length > 0).ToDictionary(),
        }, problem.Status!.Value);
    }

    private static RazorComponentResult Show(Database database, long id, ShopForm form, int status = StatusCodes.Status200OK) =>
        CatalogueModule.Find(database, id) is { } catalogue
            ? Pages.Show<ShopPage>(new { Catalogue = catalogue, Form = form.Key.Length == 0 ? form with { Key = ShopForm.NewKey() } : form }, status)
            : Pages.Missing("There is no shop at this address.");
}
