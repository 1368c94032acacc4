
namespace StoreFlow.Infrastructure;

/// <summary>Marks a page that the server's own pages may show in a frame, to print it.</summary>
internal sealed record FramedByOwnPages;

/// <summary>Keeps another site from using somebody's session here: what browsers are told, and what they are asked.</summary>
public static class BrowserSafety
{
    // Scripts come only from this server's files. Styles may be written in a page: the staff pages' component library does so.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // The API reference starts itself with a script in its page.
    private const string ReferencePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

    private static readonly string FramedPolicy = Policy.Replace("frame-ancestors 'none'", "frame-ancestors 'self'");

    public static void UseBrowserSafety(this WebApplication app) => app.Use((http, next) =>
    {
        // At the last moment: the answer to a fault starts with cleared headers.
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/docs") ? ReferencePolicy
                : http.GetEndpoint()?.Metadata.GetMetadata<FramedByOwnPages>() is not null ? FramedPolicy
                : Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin"; // the address of a customer's page is the only key to it
            if (headers.CacheControl.Count == 0 && http.User.Identity is { IsAuthenticated: true })
                headers.CacheControl = "no-store"; // what staff read contains customers' names
            return Task.CompletedTask;
        });
        return next(http);
    });

    /// <summary>
    /// Refuses what another site makes a browser send with its cookie: every change, and every WebSocket. Runs after
    /// authentication. A browser never sends an API token by itself, so requests with a token are not checked. What the
    /// <see cref="WebShops"/> may call is open to them, without the cookie.
    /// </summary>
    public static void UseSameOriginOnly(this WebApplication app) => app.Use((http, next) =>
    {
        var request = http.Request;
        // Not http.WebSockets: only the hub's own endpoint, later in the pipeline, knows that a request opens one.
        var opensSocket = request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);
        var harmless = !opensSocket
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        var hasToken = request.Headers.Authorization.Count > 0;
        return harmless || hasToken || IsSameOrigin(request) || WebShops.IsCaller(http)
            ? next(http)
            : RefusalAnswers.WriteAsync(http, new(
                Reason.Forbidden, "This was sent from another site, or does not say from where. Open the page here and try again."));
    });

    private static bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin)
            return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && $"{uri.Scheme}://{uri.Authority}" == $"{request.Scheme}://{request.Host}";
        // Neither header: no browser sent it. Without a cookie there is no session to misuse either.
        return !SessionCookie.IsIn(request);
    }
}
