using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>Over HTTPS the cookies are never sent without it. A shop without HTTPS on its own network still works.</summary>
public sealed class HttpsTests
{
    private const string Olga = "owner@demo.example";

    [Fact]
    public async Task Cookies_are_secure_where_the_proxy_says_so_or_the_setting_does()
    {
        using var folder = TestFolder.WithDemoShop();
        await using (var server = StoreFlowProcess.Serve(folder.Path, "Development"))
        {
            var address = await server.Address;
            Assert.All(await Cookies(address, null), cookie => Assert.DoesNotContain("; secure", cookie));
            Assert.All(await Cookies(address, "https"), cookie => Assert.Contains("; secure", cookie));
            await server.Kill();
        }

        await using var secure = StoreFlowProcess.Serve(
            folder.Path, "Development", start => start.Environment["StoreFlow__Https"] = "true");
        var cookies = await Cookies(await secure.Address, null); // a proxy that does not say how its caller came
        Assert.All(cookies, cookie => Assert.Contains("; secure", cookie));
        var session = Assert.Single(cookies, cookie => cookie.StartsWith("__Host-storeflow=", StringComparison.Ordinal));
        using var olga = SessionClient.WithCookie(await secure.Address, session.Split(';')[0]);
        Assert.Equal(200, (await olga.Get("/stores/1/orders")).Status);
        Assert.Equal(403, (await olga.Post("/orders/1/accept")).Status); // the form of another site is still refused
        using var signOut = new HttpRequestMessage(HttpMethod.Post, "/logout");
        signOut.Headers.Add("Origin", $"https://{(await secure.Address).Authority}");
        using var signedOut = await olga.SendAsync(signOut);
        Assert.Equal(302, (int)signedOut.StatusCode);
        Assert.Equal(401, (await olga.Get("/stores/1/orders")).Status);
    }

    [Fact]
    public async Task Browsers_are_told_to_come_back_over_HTTPS_where_they_came_by_it()
    {
        using var folder = new TestFolder();
        await using var server = StoreFlowProcess.Serve(folder.Path, "Production");
        Assert.Null(await Promise("http"));
        Assert.StartsWith("max-age=", await Promise("https"));

        async Task<string?> Promise(string scheme)
        {
            using var client = await server.As(null);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
            request.Headers.Add("X-Forwarded-Proto", scheme);
            request.Headers.Add("X-Forwarded-For", "203.0.113.1");
            request.Headers.Host = "shop.example";
            using var answer = await client.SendAsync(request);
            Assert.Equal(200, (int)answer.StatusCode);
            return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
        }
    }

    private static async Task<List<string>> Cookies(Uri address, string? scheme)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = new FormUrlEncodedContent([new("email", Olga), new("password", SessionClient.Password)]),
        };
        if (scheme is not null)
        {
            request.Headers.Add("X-Forwarded-For", "203.0.113.1");
            request.Headers.Add("X-Forwarded-Proto", scheme);
        }
        using var answer = await client.SendAsync(request);
        Assert.Equal(302, (int)answer.StatusCode);
        return [.. answer.Headers.GetValues("Set-Cookie")];
    }
}
