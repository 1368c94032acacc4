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
        app.MapGet("/login", ([FromQuery] string? returnUrl) => Page(returnUrl))
            .AllowAnonymous().ExcludeFromDescription();

        app.MapPost("/login", SignIn)
            .AllowAnonymous().DisableAntiforgery() // nobody is signed in yet; CrossOrigin turns other sites' forms away
            .ExcludeFromDescription();

        app.MapPost("/logout", async Task<RedirectHttpResult> (HttpContext http) =>
            {
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
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (throttle.Wait(email, address) is { TotalSeconds: > 0 } wait)
        {
            var seconds = (long)Math.Ceiling(wait.TotalSeconds);
            http.Response.Headers.RetryAfter = $"{seconds}";
            return Page(returnUrl, email, $"Too many tries. Wait {seconds} seconds, then try again.", StatusCodes.Status429TooManyRequests);
        }
        if (Passwords.Check(database, email, password) is not { } user)
        {
            throttle.Failed(email, address);
            return Page(returnUrl, email, "This e-mail address and password do not go together.", StatusCodes.Status401Unauthorized);
        }
        throttle.Succeeded(email);
        await http.SignInAsync(Sessions.Scheme, Sessions.Begin(user.UserId, user.Hash), new() { IsPersistent = true });
        return TypedResults.LocalRedirect(IsOurs(returnUrl) ? returnUrl! : "/dashboard");
    }

    private static bool IsOurs(string? url) => url is ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl);

    private static RazorComponentResult Page(string? returnUrl, string? email = null, string? problem = null, int status = StatusCodes.Status200OK) =>
        new RazorComponentResult<SignInPage>(new { ReturnUrl = returnUrl, Email = email, Problem = problem }) { StatusCode = status };
}
