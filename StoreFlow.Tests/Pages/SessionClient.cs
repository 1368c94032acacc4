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
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return client;
    }

    /// <summary>Sends the form of the sign-in page.</summary>
    public static async Task<HttpResponseMessage> SignIn(this StoreFlowApp app, string email, string password, string? returnUrl = null, string? from = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = email, ["password"] = password, ["returnUrl"] = returnUrl ?? "" }),
        };
        if (from is not null)
            request.Headers.Add("X-Forwarded-For", from);
        var answer = await client.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }
}
