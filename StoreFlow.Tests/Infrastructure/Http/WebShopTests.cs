using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Infrastructure.Http;

/// <summary>
/// A web shop of an allowed origin may call the customers' routes and the hub from a browser, and nothing else. Any other origin
/// is answered as if there were no web shops.
/// </summary>
public sealed class WebShopTests(WebShopTests.WebShopApp app) : IClassFixture<WebShopTests.WebShopApp>
{
    private const string Shop = "https://shop.example";
    private const string OtherShop = "http://localhost:3000";
    private const string Evil = "https://evil.example";

    public sealed class WebShopApp : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new()
        {
            ["StoreFlow:AllowedOrigins:0"] = "HTTPS://Shop.example:443/",
            ["StoreFlow:AllowedOrigins:1"] = OtherShop,
        };
    }

    private static readonly HashSet<string> OpenRoutes =
    [
        "GET /stores/{id}/catalogue", "POST /checkout", "GET /customer/{public_id}/order", "GET /customer/{public_id}/order/events",
        " /hubs/orders", " /hubs/orders/negotiate",
    ];

    [Fact]
    public async Task A_preflight_names_the_web_shop_on_the_open_routes_only()
    {
        var routes = ServerRoutes.Of(app).Select(route => route.StartsWith('/') ? $" {route}" : route).ToList();
        Assert.Subset(routes.ToHashSet(), OpenRoutes);
        foreach (var route in routes)
            foreach (var origin in new[] { Shop, OtherShop, Evil, "null", "https://shop.example.evil.example", "http://shop.example" })
            {
                using var answer = await Preflight(route, origin);
                var isOpen = OpenRoutes.Contains(route) && (origin is Shop or OtherShop);
                Assert.Equal((route, origin, isOpen ? origin : null), (route, origin, Header(answer, "Access-Control-Allow-Origin")));
            }
    }

    [Fact]
    public async Task A_preflight_is_kept_for_an_hour_and_allows_what_a_shop_sends()
    {
        using var answer = await Preflight("POST /checkout", Shop);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("3600", Header(answer, "Access-Control-Max-Age"));
        Assert.Equal("Content-Type,Idempotency-Key,If-None-Match,Last-Event-ID", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));

        using var hub = await Preflight("POST /hubs/orders/negotiate", Shop);
        Assert.Contains("Authorization", Header(hub, "Access-Control-Allow-Headers"));
        Assert.Equal("true", Header(hub, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task The_shop_reads_answers_refusals_and_their_headers()
    {
        using var catalogue = await Send(HttpMethod.Get, "/stores/1/catalogue", Shop);
        Assert.Equal((Shop, "Location,ETag,Retry-After"), (
            Header(catalogue, "Access-Control-Allow-Origin"), Header(catalogue, "Access-Control-Expose-Headers")));
        Assert.Null(Header(catalogue, "Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", Header(catalogue, "Vary"));

        using var again = await Send(HttpMethod.Get, "/stores/1/catalogue", Shop, ifNoneMatch: catalogue.Headers.ETag!.Tag);
        Assert.Equal((HttpStatusCode.NotModified, Shop), (again.StatusCode, Header(again, "Access-Control-Allow-Origin")));

        using var placed = await Send(HttpMethod.Post, "/checkout", Shop, Scenarios.CheckoutBody());
        Assert.Equal((HttpStatusCode.Created, Shop), (placed.StatusCode, Header(placed, "Access-Control-Allow-Origin")));

        using var invalid = await Send(HttpMethod.Post, "/checkout", Shop, new { });
        Assert.Equal((HttpStatusCode.BadRequest, Shop), (invalid.StatusCode, Header(invalid, "Access-Control-Allow-Origin")));
        using var unreadable = await Send(HttpMethod.Post, "/checkout", Shop, new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal(Shop, Header(unreadable, "Access-Control-Allow-Origin"));
        using var missing = await Send(HttpMethod.Get, "/customer/ZZZZZZZZZZZZZZZZZZZZZZZZZZ/order", Shop);
        Assert.Equal((HttpStatusCode.NotFound, Shop), (missing.StatusCode, Header(missing, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task An_unknown_origin_places_nothing_and_is_told_nothing()
    {
        var before = app.LatestSequence();
        foreach (var origin in new[] { Evil, "null", "https://shop.example.evil.example", "http://shop.example",
            "https://shop.example:8443" })
        {
            using var refused = await Send(HttpMethod.Post, "/checkout", origin, Scenarios.CheckoutBody());
            Assert.Equal((HttpStatusCode.Forbidden, null), (refused.StatusCode, Header(refused, "Access-Control-Allow-Origin")));
            using var catalogue = await Send(HttpMethod.Get, "/stores/1/catalogue", origin);
            Assert.Equal((HttpStatusCode.OK, null), (catalogue.StatusCode, Header(catalogue, "Access-Control-Allow-Origin")));
        }
        Assert.Equal(before, app.LatestSequence());
    }

    /// <summary>A web shop on a sister domain of the server's is the same site to a browser, which then sends the cookie.</summary>
    [Fact]
    public async Task The_shop_never_acts_with_the_session_of_a_member_of_staff()
    {
        var order = await app.PendingOrder();
        using var session = await app.SignedIn("owner@demo.example");
        var cookie = session.DefaultRequestHeaders.GetValues("Cookie").Single();

        using var step = await Send(HttpMethod.Post, $"/orders/{order.Number("id")}/accept", Shop, new { }, cookie);
        Assert.Equal((HttpStatusCode.Forbidden, null), (step.StatusCode, Header(step, "Access-Control-Allow-Origin")));
        using var counter = await Send(HttpMethod.Post, "/stores/1/orders", Shop, Scenarios.CheckoutBody(), cookie);
        Assert.Equal(HttpStatusCode.Forbidden, counter.StatusCode);
        using var read = await Send(HttpMethod.Get, "/stores/1/orders", Shop, cookie: cookie);
        Assert.Null(Header(read, "Access-Control-Allow-Origin"));

        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hubs/orders"), options =>
            {
                options.Headers["Cookie"] = cookie;
                options.Headers["Origin"] = Shop;
                options.Headers["Sec-Fetch-Site"] = "same-site";
            })
            .Build();
        await hub.StartAsync();
        var refused = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("SubscribeStore", 1, (long?)null));
        Assert.Contains("unauthenticated", refused.Message);
        var view = await hub.InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"));
        Assert.Equal(order.Text("reference"), view.Text("reference"));
    }

    [Fact]
    public async Task A_server_without_web_shops_names_none()
    {
        await using var plain = new StoreFlowApp();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stores/1/catalogue") { Headers = { { "Origin", Shop } } };
        using var answer = await plain.As(null).SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, null), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
    }

    private Task<HttpResponseMessage> Preflight(string route, string origin)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        path = path.Replace("{public_id}", "0").Replace("{documentName}", "v1");
        foreach (var number in new[] { "{id}", "{StoreId:long}", "{Id:long}" })
            path = path.Replace(number, "1");
        return app.As(null).SendAsync(new(HttpMethod.Options, path)
        {
            Headers =
            {
                { "Origin", origin },
                { "Access-Control-Request-Method", method.Length == 0 ? "GET" : method },
                { "Access-Control-Request-Headers", "content-type" },
            },
        });
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string origin, object? body = null, string? cookie = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = HttpExtensions.ContentOf(body),
            Headers = { { "Origin", origin }, { "Sec-Fetch-Site", cookie is null ? "cross-site" : "same-site" } },
        };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (ifNoneMatch is not null)
            request.Headers.Add("If-None-Match", ifNoneMatch);
        return await app.As(null).SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
