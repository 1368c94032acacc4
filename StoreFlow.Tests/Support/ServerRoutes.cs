using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace StoreFlow.Tests;

/// <summary>Every route of the server, read from the server itself: <c>GET /orders/{id}</c>.</summary>
public static class ServerRoutes
{
    /// <summary>What people open in a browser, and what these pages need; everything else is the API.</summary>
    public static readonly string[] Pages =
    [
        "GET /", "HEAD /", "GET /login", "HEAD /login", "POST /login", "POST /logout",
        "GET /shop/{id}", "HEAD /shop/{id}", "POST /shop/{id}", "GET /track/{public_id}", "HEAD /track/{public_id}",
        "GET /setup/{code}", "HEAD /setup/{code}", "POST /setup/{code}", "GET /link/{secret}", "HEAD /link/{secret}",
            "POST /link/{secret}",
        "GET /account", "HEAD /account", "POST /account",
        "GET /tablet", "HEAD /tablet", "POST /tablet", "POST /tablet/unlock", "POST /tablet/lock", "POST /tablet/touch",
        "GET /dashboard/{StoreId:long}/products", "POST /dashboard/{StoreId:long}/products",
        "GET /dashboard/{StoreId:long}/shipping", "POST /dashboard/{StoreId:long}/shipping",
        "GET /dashboard/{StoreId:long}/settings", "POST /dashboard/{StoreId:long}/settings",
        "GET /dashboard/{StoreId:long}/people", "POST /dashboard/{StoreId:long}/people",
        "GET /dashboard/{StoreId:long}/tokens", "POST /dashboard/{StoreId:long}/tokens",
        "GET /dashboard/{StoreId:long}/webhooks", "POST /dashboard/{StoreId:long}/webhooks",
        "GET /dashboard/{StoreId:long}/printers", "POST /dashboard/{StoreId:long}/printers",
        "GET /dashboard/{StoreId:long}/privacy", "POST /dashboard/{StoreId:long}/privacy",
        "GET /dashboard/{StoreId:long}/emails", "POST /dashboard/{StoreId:long}/emails",
        "GET /dashboard/{StoreId:long}/changes", "POST /dashboard/{StoreId:long}/changes",
        "HEAD /healthz", "HEAD /readyz",
        "GET /dashboard", "GET /dashboard/{StoreId:long}", "GET /dashboard/{StoreId:long}/orders/{Id:long}",
        "GET /dashboard/{StoreId:long}/orders/{Id:long}/hand-over", "POST /dashboard/{StoreId:long}/orders/{Id:long}/hand-over",
        "GET /dashboard/{StoreId:long}/orders/{Id:long}/ticket", "HEAD /dashboard/{StoreId:long}/orders/{Id:long}/ticket",
        "GET /dashboard/{StoreId:long}/service", "POST /dashboard/{StoreId:long}/service",
        "GET /dashboard/{StoreId:long}/figures", "POST /dashboard/{StoreId:long}/figures",
        "GET /dashboard/{StoreId:long}/slips", "POST /dashboard/{StoreId:long}/slips",
        "POST /dashboard", "POST /dashboard/{StoreId:long}", "POST /dashboard/{StoreId:long}/orders/{Id:long}", // Blazor maps both
    ];

    // The browsable reference, Blazor and static files bring routes of their own, which serve files or need a page's circuit.
    private static readonly string[] Foreign = ["/docs", "/_blazor", "/_framework", "/_content", "/{**"];

    public static IReadOnlyList<string> Of(StoreFlowApp app)
    {
        _ = app.Address;
        return
        [
            .. (from route in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                let path = "/" + route.RoutePattern.RawText?.TrimStart('/')
                where !Foreign.Any(path.StartsWith) && !(Path.HasExtension(path) && !path.StartsWith("/openapi")
                    && !path.StartsWith("/merchant"))
                from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [""]
                select $"{method} {path}".Trim()).Distinct().Order(),
        ];
    }
}
