using Carter;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>Everybody changes their own password and PIN, with the password that they have.</summary>
public sealed class OwnSecretsModule : ICarterModule
{
    /// <param name="CurrentPassword">The password that the caller has.</param>
    /// <param name="Password">The new one: 10 to 200 characters. Sessions with the old one end.</param>
    public sealed record PasswordBody(string? CurrentPassword, string? Password);

    /// <param name="CurrentPassword">The password that the caller has.</param>
    /// <param name="Pin">Four to six digits; null takes the PIN away.</param>
    public sealed record PinBody(string? CurrentPassword, string? Pin = null);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPut("/account/password", async Task<Results<NoContent, ProblemHttpResult>> (
                    PasswordBody body, Actor actor, HttpContext http, OwnSecrets secrets) =>
                await secrets.SetPasswordAsync(http, actor, body) is { } refusal ? refusal.ToHttp() : TypedResults.NoContent())
            .WithTags("Account")
            .Describe("SetOwnPassword", "Change one's own password", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);

        app.MapPut("/account/pin", async Task<Results<NoContent, ProblemHttpResult>> (
                    PinBody body, Actor actor, HttpContext http, OwnSecrets secrets) =>
                await secrets.SetPinAsync(http, actor, body) is { } refusal ? refusal.ToHttp() : TypedResults.NoContent())
            .WithTags("Account")
            .Describe("SetOwnPin", "Change one's own PIN for shared tablets", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);

        // The page's own forms: a new password ends the session, so that this one begins another.
        app.MapPost("/account", async Task<Results<RedirectHttpResult, RazorComponentResult>> (
                [FromForm] string? what, [FromForm] string? current, [FromForm] string? secret,
                Actor actor, HttpContext http, OwnSecrets secrets, Sessions sessions) =>
            {
                var refusal = what == "pin"
                    ? await secrets.SetPinAsync(http, actor, new(current, string.IsNullOrEmpty(secret) ? null : secret))
                    : await secrets.SetPasswordAsync(http, actor, new(current, secret));
                if (refusal is not null)
                    return AccountPage.Show(actor.Name, what, refusal);
                if (what != "pin" && secrets.HashOf(actor) is { } hash)
                    await http.SignInAsync(Sessions.Scheme, await sessions.BeginAsync(actor.UserId, hash), new() { IsPersistent = true });
                return TypedResults.LocalRedirect(
                    $"/account?done={(what != "pin" ? "password" : string.IsNullOrEmpty(secret) ? "no-pin" : "pin")}");
            })
            .DisableAntiforgery() // UseSameOriginOnly refuses the forms of other sites
            .ExcludeFromDescription();

        app.MapMethods("/account", Pages.Methods, RazorComponentResult (string? done, Actor actor) =>
                AccountPage.Show(actor.Name, done: done))
            .ExcludeFromDescription();
    }
}

/// <summary>Changes somebody's own password and PIN once the password that they have was right. Guesses slow down as at sign-in.</summary>
public sealed class OwnSecrets(Database database, TimeProvider clock, SignInThrottle throttle, IHostEnvironment environment)
{
    /// <returns>Why it was refused; null where it is done.</returns>
    internal async Task<Refusal?> SetPasswordAsync(HttpContext http, Actor actor, OwnSecretsModule.PasswordBody body)
    {
        if (actor.DeviceId is not null)
            return OnTablet;
        var fields = new Fields();
        MerchantRules.NewPassword(fields, "password", body.Password, environment.IsDevelopment());
        if (fields.Refusal is { } invalid)
            return invalid;
        return await CheckAsync(http, actor, body.CurrentPassword)
            ?? await WriteAsync(actor, body.Password!, (db, person, hash, now) => person.SetPassword(db, hash!, actor.UserId, now));
    }

    /// <returns>Why it was refused; null where it is done.</returns>
    internal async Task<Refusal?> SetPinAsync(HttpContext http, Actor actor, OwnSecretsModule.PinBody body)
    {
        if (actor.DeviceId is not null)
            return OnTablet;
        var fields = new Fields();
        if (body.Pin is not null)
            MerchantRules.Pin(fields, "pin", body.Pin);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await CheckAsync(http, actor, body.CurrentPassword)
            ?? await WriteAsync(actor, body.Pin, (db, person, hash, now) => person.SetPin(db, hash, actor.UserId, now));
    }

    private static Refusal OnTablet { get; } = new(Reason.Forbidden, "Sign in with your password on a device of your own for that.");

    /// <summary>The hash of the actor's password.</summary>
    internal string? HashOf(Actor actor) => database.Read(db =>
        db.QuerySingleOrDefault<string>("SELECT password_hash FROM users WHERE id = @UserId", new { actor.UserId }));

    private async Task<Refusal?> CheckAsync(HttpContext http, Actor actor, string? password)
    {
        var attempt = new SignInAttempt($"user {actor.UserId}", http.Connection.RemoteIpAddress, device: null);
        using var turn = await throttle.TurnAsync(attempt, http.RequestAborted);
        var wait = turn.IsAcquired ? await throttle.CountAsync(attempt) : TimeSpan.FromSeconds(1);
        if (wait > TimeSpan.Zero)
        {
            http.Response.SetRetryAfter(wait);
            return new(Reason.TooManyRequests, "Too many tries. Wait a minute, then try again.");
        }
        if (HashOf(actor) is not { } hash || !Passwords.IsRight(hash, password ?? ""))
            return Refusal.Invalid("current_password", "This is not your password.");
        await throttle.SucceededAsync(attempt);
        return null;
    }

    private async Task<Refusal?> WriteAsync(
        Actor actor, string? secret, Action<System.Data.Common.DbConnection, Person, string?, DateTimeOffset> write)
    {
        var hash = secret is null ? null : Passwords.Hash(secret);
        return await database.WriteAsync<Refusal?>(db =>
        {
            if (Person.Find(db, actor.MerchantId, actor.UserId) is not { } person)
                return Refusal.NotFound;
            write(db, person, hash, clock.Now());
            return null;
        });
    }
}
