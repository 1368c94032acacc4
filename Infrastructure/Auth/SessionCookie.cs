using Microsoft.AspNetCore.Authentication.Cookies;

namespace StoreFlow.Infrastructure;

/// <summary>The cookie that carries a session. Who it stands for is looked up anew by each request.</summary>
internal static class SessionCookie
{
    private const string Name = "storeflow";

    // Browsers take this one over HTTPS only, and from this very host only.
    private const string HttpsName = $"__Host-{Name}";

    /// <summary>Whether a request brings a session's cookie, good or not.</summary>
    public static bool IsIn(HttpRequest request) => request.Cookies.ContainsKey(Name) || request.Cookies.ContainsKey(HttpsName);

    /// <summary>Whether a browser asks for a page, which then shows a sign-in rather than a problem.</summary>
    public static bool IsForPeople(HttpRequest request) =>
        (request.Path.StartsWithSegments("/dashboard") || request.Path == "/account")
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));

    /// <summary>What the cookie is called on this server.</summary>
    public static string NameOf(Settings settings) => settings.Https ? HttpsName : Name;

    public static void Configure(CookieAuthenticationOptions options, Settings settings)
    {
        options.Cookie.Name = NameOf(settings);
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Sessions.Lifetime;
        options.LoginPath = "/login";
        options.Events.OnValidatePrincipal = context =>
        {
            if (context.HttpContext.RequestServices.GetRequiredService<Sessions>().Find(context.Principal) is { } actor)
                context.Principal = new(new ActorIdentity(actor, Sessions.Scheme, Sessions.IdOf(context.Principal!)));
            else
                context.RejectPrincipal();
            return Task.CompletedTask;
        };
        // As often as the session's last use is written down: the cookie ends with the session, not before.
        options.Events.OnCheckSlidingExpiration = context =>
        {
            context.ShouldRenew = context.ElapsedTime >= Sessions.BetweenUses;
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
}
