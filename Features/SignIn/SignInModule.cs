using Carter;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>Staff sign in to the pages with e-mail address and password, and out again.</summary>
public sealed class SignInModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapMethods("/login", Pages.Methods, Results<RazorComponentResult, RedirectHttpResult> (
                [FromQuery] string? returnUrl, [FromQuery] string? password, HttpRequest request, Tablets tablets) =>
            password is null && tablets.Find(request) is not null ? TypedResults.LocalRedirect("/tablet") : Page(returnUrl))
            .ForPeople();

        app.MapPost("/login", SignInAsync)
            .AllowAnonymous().DisableAntiforgery() // nobody is signed in yet; UseSameOriginOnly refuses the forms of other sites
            .ExcludeFromDescription();

        app.MapPost("/logout", async Task<RedirectHttpResult> (HttpContext http, Sessions sessions) =>
            {
                if (Actor.From(http.User) is { Session: { } session })
                    await sessions.EndAsync(session);
                await http.SignOutAsync(Sessions.Scheme);
                return TypedResults.LocalRedirect("/login");
            })
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> SignInAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl,
        HttpContext http, Database database, Sessions sessions, SignInThrottle throttle, KnownDevices devices, FailedSignIns failures,
        IHostEnvironment environment)
    {
        (email, password) = (email?.Trim() ?? "", password ?? "");
        var address = http.Connection.RemoteIpAddress;
        // A password that was typed into the wrong field must not be kept, not even as a hash.
        var attempt = new SignInAttempt(email.Contains('@') ? email : "", address, devices.Find(http.Request, email));
        (long UserId, string Hash)? user;
        if (TooManyTries(throttle.Wait(attempt)) is { } before)
            return before;
        using (var turn = await throttle.TurnAsync(attempt, http.RequestAborted))
        {
            if (!turn.IsAcquired)
            {
                http.Response.SetRetryAfter(TimeSpan.FromSeconds(1));
                return Page(
                    returnUrl,
                    email,
                    "Very many people are signing in right now. Try again in a moment.",
                    StatusCodes.Status503ServiceUnavailable);
            }
            if (TooManyTries(await throttle.CountAsync(attempt)) is { } since) // others may have tried while it waited for its turn
                return since;
            // Everybody knows the demo shop's password, so it opens nothing outside Development.
            var isKnown = password == Passwords.Demo && !environment.IsDevelopment();
            user = email.Length > 254 || isKnown ? null : Passwords.Check(database, email, password);
        }
        if (user is not { } found)
        {
            failures.Add(email, address);
            return Page(returnUrl, email, "This e-mail address and password do not go together.", StatusCodes.Status401Unauthorized);
        }
        await throttle.SucceededAsync(attempt);
        await http.SignInAsync(Sessions.Scheme, await sessions.BeginAsync(found.UserId, found.Hash), new() { IsPersistent = true });
        devices.Remember(http, email);
        return TypedResults.LocalRedirect(IsOurs(returnUrl) ? returnUrl! : "/dashboard");

        RazorComponentResult? TooManyTries(TimeSpan wait)
        {
            if (wait <= TimeSpan.Zero)
                return null;
            var seconds = (long)Math.Ceiling(wait.TotalSeconds);
            http.Response.SetRetryAfter(wait);
            return Page(
                returnUrl,
                email,
                $"Too many tries. Wait {Quantity.Of(seconds, "second")}, then try again.",
                StatusCodes.Status429TooManyRequests);
        }
    }

    private static bool IsOurs(string? url) => url is ['/', not ('/' or '\\'), ..] && url.All(c => c is > ' ' and < '\x7f');

    private static RazorComponentResult Page(
        string? returnUrl, string? email = null, string? problem = null, int status = StatusCodes.Status200OK) =>
        new RazorComponentResult<SignInPage>(new { ReturnUrl = returnUrl, Email = email, Problem = problem }) { StatusCode = status };
}
