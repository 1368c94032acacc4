namespace StoreFlow.Tests.Pages;

/// <summary>A session without a browser: what another site could make somebody's browser send.</summary>
public static class SessionClient
{
    public const string Password = "storeflow-demo";

    /// <summary>A client that carries the cookie of somebody who has signed in, and nothing else.</summary>
    public static async Task<HttpClient> SignedIn(this StoreFlowApp app, string email)
    {
        using var answer = await app.SignIn(email, Password);
        Assert.Equal(302, (int)answer.StatusCode);
        return app.WithCookie(answer.SessionCookie());
    }

    /// <summary>A client that carries this cookie, and nothing else.</summary>
    public static HttpClient WithCookie(this StoreFlowApp app, string cookie) => WithCookie(app.Address, cookie);

    public static HttpClient WithCookie(Uri address, string cookie)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return client;
    }

    /// <summary>Sends the form of the sign-in page.</summary>
    public static Task<HttpResponseMessage> SignIn(
        this StoreFlowApp app, string email, string password, string? returnUrl = null, string? from = null, string? cookie = null) =>
        SignIn(app.Address, email, password, returnUrl, from, cookie);

    public static async Task<HttpResponseMessage> SignIn(
        Uri address, string email, string password, string? returnUrl = null, string? from = null, string? cookie = null)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["email"] = email,
                ["password"] = password,
                ["returnUrl"] = returnUrl ?? "",
            }),
        };
        if (from is not null)
            request.Headers.Add("X-Forwarded-For", from);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }
        var answer = await client.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    /// <summary>Signs out as another tab of the same browser does.</summary>
    public static async Task SignOut(this HttpClient session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/logout") { Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        using var answer = await session.SendAsync(request);
        Assert.Equal((302, "/login"), ((int)answer.StatusCode, answer.Headers.Location?.ToString()));
    }

    /// <summary>The session's cookie, as a browser sends it back.</summary>
    public static string SessionCookie(this HttpResponseMessage answer) => answer.CookieOf("storeflow")!;

    /// <summary>A cookie that the answer sets, as a browser sends it back; null where it does not set it.</summary>
    public static string? CookieOf(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies)
            ? cookies.SingleOrDefault(cookie => cookie.StartsWith($"{name}=", StringComparison.Ordinal))?.Split(';')[0]
            : null;
}
