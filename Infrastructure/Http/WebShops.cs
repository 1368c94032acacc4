using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace StoreFlow.Infrastructure;

/// <summary>
/// What the web shops of <see cref="Settings.AllowedOrigins"/> may call from a browser: only the routes that are opened to them here.
/// A session's cookie counts for nothing there, so that a fault of a web shop lends nobody the rights of the staff.
/// </summary>
internal static class WebShops
{
    private const string Policy = nameof(WebShops);

    // SignalR's client for browsers sends its requests with credentials unless it is told otherwise.
    private const string HubPolicy = $"{Policy} of the hub";

    private static readonly TimeSpan PreflightKept = TimeSpan.FromHours(1);

    /// <summary>Marks an endpoint that web shops may call.</summary>
    private sealed record OpenRoute;

    public static void AddWebShops(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<Settings>((options, settings) =>
        {
            options.AddPolicy(Policy, policy => policy
                .SetIsOriginAllowed(settings.AllowedOrigins.Contains)
                .WithMethods(HttpMethods.Get, HttpMethods.Post)
                .WithHeaders(HeaderNames.ContentType, "Idempotency-Key", HeaderNames.IfNoneMatch, "Last-Event-ID")
                .WithExposedHeaders(HeaderNames.Location, HeaderNames.ETag, HeaderNames.RetryAfter)
                .SetPreflightMaxAge(PreflightKept));
            options.AddPolicy(HubPolicy, policy => policy
                .SetIsOriginAllowed(settings.AllowedOrigins.Contains)
                .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
                .WithHeaders(HeaderNames.ContentType, HeaderNames.Authorization, "X-Requested-With", "X-SignalR-User-Agent")
                .WithExposedHeaders(HeaderNames.RetryAfter)
                .AllowCredentials()
                .SetPreflightMaxAge(PreflightKept));
        });
    }

    /// <summary>Lets web shops call this route.</summary>
    public static TBuilder OpenToWebShops<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new OpenRoute()).RequireCors(Policy);

    /// <summary>Lets web shops connect to this hub.</summary>
    public static TBuilder OpenHubToWebShops<TBuilder>(this TBuilder hub) where TBuilder : IEndpointConventionBuilder =>
        hub.WithMetadata(new OpenRoute()).RequireCors(HubPolicy);

    /// <summary>Whether a page of an allowed web shop sends this, to a route that is open to it.</summary>
    public static bool IsCaller(HttpContext http) =>
        http.Request.Headers.Origin.ToString() is { Length: > 0 } origin
        && http.GetEndpoint()?.Metadata.GetMetadata<OpenRoute>() is not null
        && http.RequestServices.GetRequiredService<Settings>().AllowedOrigins.Contains(origin);
}
