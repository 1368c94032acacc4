using System.Net;
using System.Net.WebSockets;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>
/// Another site that somebody visits while signed in here can make the browser send the cookie. The site can do nothing
/// with it.
/// </summary>
public sealed class CrossSiteTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private static readonly (string Header, string Value)[][] FromElsewhere =
    [
        [],
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
    ];

    public static IEnumerable<object[]> Changes() => Scenarios.OrderRoutes
        .Where(route => !route.StartsWith("GET", StringComparison.Ordinal))
        .Select(route => new object[] { route });

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_from_another_site_is_refused_and_leaves_nothing_behind(string route)
    {
        var order = (await app.PendingOrder("shipping")).Number("id");
        using var olga = await app.SignedIn("owner@demo.example");
        foreach (var headers in FromElsewhere)
        {
            var answer = await app.Refused(order, () => With(olga, headers).Call(route, order, Scenarios.AnyStep()));
            answer.Is(403, "forbidden");
        }

        // Requests of our own pages still work: one with a version that no order has is refused only for that version.
        foreach (var headers in new[] { ("Sec-Fetch-Site", "same-origin"), ("Origin", app.Address.GetLeftPart(UriPartial.Authority)) })
            Assert.Equal(409, (await With(olga, [headers]).Call(route, order, Scenarios.AnyStep(version: 999))).Status);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/logout")]
    [InlineData("/shop/1")]
    [InlineData("/checkout")]
    [InlineData("/hubs/orders/negotiate")]
    [InlineData("/_blazor/negotiate")]
    public async Task Another_sites_form_is_turned_away(string path)
    {
        using var sam = await app.SignedIn("staff@demo.example");
        foreach (var headers in FromElsewhere)
        {
            With(sam, headers);
            using var answer = await sam.PostAsync(path, new FormUrlEncodedContent([]));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
        sam.DefaultRequestHeaders.Remove("Origin");
        Assert.Equal(200, (await sam.Get("/stores/1/orders")).Status);   // still signed in
    }

    [Theory]
    [InlineData("/hubs/orders")]
    [InlineData("/_blazor")]
    public async Task A_WebSocket_from_another_site_is_not_opened(string path)
    {
        using var sam = await app.SignedIn("staff@demo.example");
        foreach (var origin in new[] { "https://evil.example", "null", null })
            Assert.Equal(HttpStatusCode.Forbidden, await Handshake(path, sam, origin));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await Handshake(path, sam, app.Address.GetLeftPart(UriPartial.Authority)));
    }

    private async Task<HttpStatusCode> Handshake(string path, HttpClient session, string? origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", session.DefaultRequestHeaders.GetValues("Cookie").Single());
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = path }.Uri, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The status says why.
        }
        return socket.HttpStatusCode;
    }

    private static HttpClient With(HttpClient session, (string Header, string Value)[] headers)
    {
        session.DefaultRequestHeaders.Remove("Origin");
        session.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        foreach (var (header, value) in headers)
            session.DefaultRequestHeaders.Add(header, value);
        return session;
    }
}
