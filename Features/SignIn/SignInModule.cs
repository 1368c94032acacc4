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
        app.MapPage("/login", ([FromQuery] string? returnUrl) => Page(returnUrl));

        app.MapPost("/login", SignIn)
            .AllowAnonymous().DisableAntiforgery() // nobody is signed in yet; UseSameOriginOnly turns other sites' forms away
            .ExcludeFromDescription();

        app.MapPost("/logout", async Task<RedirectHttpResult> (HttpContext http) =>
            {
                http.RequestServices.GetRequiredService<SignedOut>().Add(http.User);
                await http.SignOutAsync(Sessions.Scheme);
                return TypedResults.LocalRedirect("/login");
            })
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> SignIn(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl,
        HttpContext http, Database database, SignInThrottle throttle)
    {
        (email, password) = (email?.Trim() ?? "", password ?? "");
        var address = CallerAddress.Origin(http.Connection.RemoteIpAddress);
        if (TooManyTries() is { } wait)
            return wait;
        using var turn = await throttle.Turn(http.RequestAborted);
        if (!turn.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "1";
            return Page(returnUrl, email, "Very many people are signing in right now. Try again in a moment.", StatusCodes.Status503ServiceUnavailable);
        }
        if (TooManyTries() is { } since) // while this one waited for its turn
            return since;
        // Counted before it is checked: guesses that come all at once do not slip past each other.
        throttle.Count(email, address);
        if (email.Length > 254 || Passwords.Check(database, email, password) is not { } user)
            return Page(returnUrl, email, "This e-mail address and password do not go together.", StatusCodes.Status401Unauthorized);
        throttle.Succeeded(email, address);
        await http.SignInAsync(Sessions.Scheme, Sessions.Begin(user.UserId, user.Hash), new() { IsPersistent = true });
        return TypedResults.LocalRedirect(IsOurs(returnUrl) ? returnUrl! : "/dashboard");

        RazorComponentResult? TooManyTries()
        {
            if (throttle.Wait(email, address) is not { TotalSeconds: > 0 } wait)
                return null;
            var seconds = (long)Math.Ceiling(wait.TotalSeconds);
            http.Response.Headers.RetryAfter = $"{seconds}";
            var sentence = $"Too many tries. Wait {Quantity.Of(seconds, "second")}, then try again.";
            return Page(returnUrl, email, sentence, StatusCodes.Status429TooManyRequests);
        }
    }

    private static bool IsOurs(string? url) => url is ['/', not ('/' or '\\'), ..] && url.All(c => c is > ' ' and < '\x7f');

    private static RazorComponentResult Page(string? returnUrl, string? email = null, string? problem = null, int status = StatusCodes.Status200OK) =>
        new RazorComponentResult<SignInPage>(new { ReturnUrl = returnUrl, Email = email, Problem = problem }) { StatusCode = status };
}
