using Carter;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Languages;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>A shared tablet: two taps and a PIN take it over, one tap locks it, and a while without a touch does, too.</summary>
public sealed class TabletModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapMethods("/tablet", Pages.Methods, Results<RazorComponentResult, RedirectHttpResult> (
                long? who, HttpRequest request, Tablets tablets) =>
                tablets.Find(request) is { } tablet ? Page(tablets, tablet, who) : TypedResults.LocalRedirect("/login"))
            .ForPeople();

        // A manager or the owner leaves the browser behind as a shared tablet: their own session on it ends.
        app.MapPost("/tablet", async Task<Results<RedirectHttpResult, RazorComponentResult>> (
                [FromForm] long store, [FromForm] string? name, Actor actor, HttpContext http, Tablets tablets, Sessions sessions) =>
            {
                if (await tablets.SetUpAsync(http, actor, store, name) is { } refusal)
                    return StaffRefusal.Show(http, refusal);
                if (actor.Session is { } session)
                    await sessions.EndAsync(session);
                await http.SignOutAsync(Sessions.Scheme);
                return TypedResults.LocalRedirect("/tablet");
            })
            .RequireAuthorization(Policies.ManageStore).DisableAntiforgery() // UseSameOriginOnly refuses the forms of other sites
            .ExcludeFromDescription();

        app.MapPost("/tablet/unlock", UnlockAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

        app.MapPost("/tablet/lock", async Task<RedirectHttpResult> (HttpContext http, Sessions sessions) =>
            {
                if (Actor.From(http.User) is { Session: { } session })
                    await sessions.EndAsync(session);
                await http.SignOutAsync(Sessions.Scheme);
                return TypedResults.LocalRedirect("/tablet");
            })
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

        app.MapPost("/tablet/touch", async Task<NoContent> (Actor actor, Sessions sessions) =>
            {
                if (actor is { DeviceId: not null, Session: { } session })
                    await sessions.TouchAsync(session);
                return TypedResults.NoContent();
            })
            .DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult>> UnlockAsync(
        [FromForm] long who, [FromForm] string? pin, HttpContext http, Tablets tablets, Sessions sessions, SignInThrottle throttle)
    {
        if (tablets.Find(http.Request) is not { } tablet)
            return TypedResults.LocalRedirect("/login");
        if (tablets.PeopleOf(tablet).FirstOrDefault(person => person.Id == who) is not { } person)
            return TypedResults.LocalRedirect("/tablet");
        var attempt = SignInAttempt.OnTablet(tablet.Id, who);
        using var turn = await throttle.TurnAsync(attempt, http.RequestAborted);
        if (!turn.IsAcquired || await throttle.CountAsync(attempt) is { Ticks: > 0 } wait && Wait(wait))
            return Page(tablets, tablet, who, "Too many tries. Wait a moment, then try again.", StatusCodes.Status429TooManyRequests);
        if (pin is not { Length: <= 6 } || !Passwords.IsRight(person.PinHash, pin))
            return Page(tablets, tablet, who, "This is not the PIN.", StatusCodes.Status401Unauthorized);
        await throttle.SucceededAsync(attempt);
        if (Actor.From(http.User) is { Session: { } before })
            await sessions.EndAsync(before); // the colleague who had it before
        var principal = await sessions.BeginOnTabletAsync(who, person.PinHash, tablet.Id, TimeSpan.FromMinutes(tablet.LockMinutes));
        await http.SignInAsync(Sessions.Scheme, principal, new() { IsPersistent = true });
        return TypedResults.LocalRedirect($"/dashboard/{tablet.StoreId}");

        bool Wait(TimeSpan left)
        {
            http.Response.SetRetryAfter(left);
            return true;
        }
    }

    private static RazorComponentResult Page(
        Tablets tablets, Tablets.Tablet tablet, long? who, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var people = tablets.PeopleOf(tablet);
        return Pages.Show<TabletPage>(new
        {
            tablet.Store,
            People = people,
            Who = people.FirstOrDefault(person => person.Id == who),
            Problem = problem,
        }, status);
    }
}
