using Carter;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>A one-time link from the owner: who has it chooses a password and is signed in.</summary>
public sealed class PasswordLinkModule : ICarterModule
{
    private const string Dead = "This link has been used, or it is too old. Ask the owner of the shop for a new one.";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapMethods("/link/{secret}", Pages.Methods, RazorComponentResult (
            string secret, Database database, TimeProvider clock, HttpContext http, UnknownIds unknown) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return database.Read(db => OneTimeLinks.Find(db, secret, clock.Now())) is { } person
                ? PasswordLinkPage.Show(secret, person.Name, person.Email)
                : Refused(http, unknown);
        }).ForPeople();

        app.MapPost("/link/{secret}", ChooseAsync)
            .AllowAnonymous().DisableAntiforgery() // nobody is signed in yet; UseSameOriginOnly refuses the forms of other sites
            .ExcludeFromDescription();
    }

    private static RazorComponentResult Refused(HttpContext http, UnknownIds unknown) =>
        unknown.Count(http) is { Reason: Reason.TooManyRequests } tooMany
            ? StaffRefusal.Show(http, tooMany)
            : StaffRefusal.Missing(http, Dead);

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> ChooseAsync(
        string secret, [FromForm] string? password, [FromForm] string? pin,
        HttpContext http, Database database, TimeProvider clock, Sessions sessions, UnknownIds unknown, IHostEnvironment environment)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (database.Read(db => OneTimeLinks.Find(db, secret, clock.Now())) is not { } person)
            return Refused(http, unknown);
        var fields = new Fields();
        MerchantRules.NewPassword(fields, "password", password, environment.IsDevelopment());
        if (!string.IsNullOrEmpty(pin))
            MerchantRules.Pin(fields, "pin", pin);
        if (fields.Refusal is { } invalid)
            return PasswordLinkPage.Show(secret, person.Name, person.Email, invalid);

        var (hash, pinHash) = (Passwords.Hash(password!), string.IsNullOrEmpty(pin) ? null : Passwords.Hash(pin));
        var isDone = await database.WriteAsync(db =>
        {
            var now = clock.Now();
            if (OneTimeLinks.Find(db, secret, now) is not { } found)
                return false; // used by another tab meanwhile
            found.SetPassword(db, hash, found.Id, now);
            if (pinHash is not null)
                found.SetPin(db, pinHash, found.Id, now);
            return true;
        });
        if (!isDone)
            return StaffRefusal.Missing(http, Dead);
        await http.SignInAsync(Sessions.Scheme, await sessions.BeginAsync(person.Id, hash), new() { IsPersistent = true });
        return TypedResults.LocalRedirect("/dashboard");
    }
}
