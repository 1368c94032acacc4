using Carter;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.FirstRun;

/// <summary>The first set-up in a browser: one page, at an address that only the log tells.</summary>
public sealed class FirstRunModule : ICarterModule
{
    private const string Dead = "This set-up address has been used, or it is too old. Start StoreFlow again: its log tells a new one.";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapMethods("/setup/{code}", Pages.Methods, RazorComponentResult (
            string code, SetUpCode setUp, TimeProvider clock, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return setUp.Opens(code)
                ? SetUpPage.Show(code, new NewShop { TimeZone = clock.LocalTimeZone.Id, Currency = "EUR", Samples = true })
                : StaffRefusal.Missing(http, Dead);
        }).ForPeople();

        app.MapPost("/setup/{code}", SetUpAsync)
            .AllowAnonymous().DisableAntiforgery() // nobody is signed in yet; UseSameOriginOnly refuses the forms of other sites
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> SetUpAsync(
        string code, HttpContext http, SetUpCode setUp, Database database, TimeProvider clock, Sessions sessions,
            IHostEnvironment environment)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!setUp.Opens(code))
            return StaffRefusal.Missing(http, Dead);
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : FormCollection.Empty;
        string Of(string name) => form[name].ToString().Trim();
        var shop = new NewShop
        {
            Name = Of("name"),
            StoreName = Of("store_name"),
            Address = Of("address"),
            Phone = Of("phone"),
            TimeZone = Of("time_zone"),
            Currency = Of("currency").ToUpperInvariant(),
            OwnerName = Of("owner_name"),
            Email = Of("email"),
            Samples = Of("samples") != "",
        };
        var (fields, password) = (new Fields(), form["password"].ToString());
        shop.Check(fields);
        MerchantRules.NewPassword(fields, "password", password, environment.IsDevelopment());
        if (fields.Refusal is { } invalid)
            return SetUpPage.Show(code, shop, invalid);

        var hash = Passwords.Hash(password);
        var made = await database.WriteAsync(db =>
        {
            var now = clock.Now();
            var made = shop.Make(db, now);
            made?.Owner.SetPassword(db, hash, made.Value.Owner.Id, now);
            return made;
        });
        if (made is not var (store, owner))
            return StaffRefusal.Missing(http, Dead);
        await http.SignInAsync(Sessions.Scheme, await sessions.BeginAsync(owner.Id, hash), new() { IsPersistent = true });
        return TypedResults.LocalRedirect($"/dashboard/{store.Id}/products");
    }
}
