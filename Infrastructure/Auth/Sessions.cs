using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Cookie sessions of the pages. The cookie names a user and a stamp of the password; who that is and may do is
/// looked up anew by each request, so a session ends with the account or with a new password.
/// </summary>
public static class Sessions
{
    public const string Scheme = "Session";
    public const string Cookie = "storeflow";
    internal const string IdClaim = "session";
    private const string StampClaim = "stamp";

    /// <summary>How long a session lasts from the last time it was used.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    internal static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Cookie;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = Lifetime;
        options.LoginPath = "/login";
        options.Events.OnValidatePrincipal = context =>
        {
            var services = context.HttpContext.RequestServices;
            if (Renew(services.GetRequiredService<Database>(), services.GetRequiredService<SignedOut>(), context.Principal) is { } actor)
                context.Principal = new(new ActorIdentity(actor, Scheme, context.Principal!.FindAll(claim => claim.Type is IdClaim or StampClaim)));
            else
                context.RejectPrincipal();
            return Task.CompletedTask;
        };
        // Only people are sent to the sign-in page; a script gets its 401 and 403.
        options.Events.OnRedirectToLogin = context =>
        {
            if (IsForPeople(context.Request))
                // Without the host: a proxy may have another name for this server than its callers have.
                context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
            else
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    /// <summary>What goes into the cookie of someone who has just signed in.</summary>
    public static ClaimsPrincipal Begin(long userId, string passwordHash) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, userId.ToString(CultureInfo.InvariantCulture)),
            new(IdClaim, $"{Guid.NewGuid():N}"),
            new(StampClaim, Stamp(passwordHash)),
        ], Scheme));

    /// <summary>The person behind a session as they are now, or null where the session is over.</summary>
    public static Actor? Renew(Database database, SignedOut signedOut, ClaimsPrincipal? user) =>
        Read(user) is { } session && !signedOut.Contains(user) ? FindActor(database, session.UserId, session.Stamp) : null;

    /// <summary>Whether a browser asks for a page, which then shows a sign-in rather than a problem.</summary>
    internal static bool IsForPeople(HttpRequest request) => request.Path.StartsWithSegments("/dashboard") && HttpMethods.IsGet(request.Method);

    private static (long UserId, string Stamp)? Read(ClaimsPrincipal? user) =>
        long.TryParse(user?.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var userId)
        && user.FindFirstValue(StampClaim) is { } stamp
            ? (userId, stamp)
            : null;

    private static Actor? FindActor(Database database, long userId, string stamp) => database.Read(db =>
        db.QuerySingleOrDefault<string>("SELECT password_hash FROM users WHERE id = @userId AND active = 1", new { userId }) is { } hash && Stamp(hash) == stamp
            ? db.QuerySingleOrDefault<Actor>("SELECT id AS user_id, name, role, merchant_id FROM users WHERE id = @userId", new { userId })
            : null);

    private static string Stamp(string passwordHash) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(passwordHash)), 0, 16);
}
