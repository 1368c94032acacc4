using System.Net;

namespace StoreFlow.Tests.Pages;

/// <summary>A shared tablet without a browser: a client that keeps its cookies.</summary>
public static class TabletClient
{
    /// <summary>A browser in which somebody has signed in and which they have left behind as a shared tablet.</summary>
    public static async Task<HttpClient> SetUp(Uri address, string email, string password, long store = 1)
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };
        using (var signedIn = await client.SendForm("/login", new() { ["email"] = email, ["password"] = password }))
            Assert.Equal(302, (int)signedIn.StatusCode);
        using var made = await client.SendForm("/tablet", new() { ["store"] = $"{store}", ["name"] = "Counter" });
        Assert.Equal((302, "/tablet"), ((int)made.StatusCode, made.Headers.Location?.ToString()));
        return client;
    }

    /// <summary>A colleague takes it over.</summary>
    public static Task<HttpResponseMessage> Unlock(this HttpClient tablet, long who, string pin) =>
        tablet.SendForm("/tablet/unlock", new() { ["who"] = $"{who}", ["pin"] = pin });

    /// <summary>Sends a form as a page of this site does.</summary>
    public static async Task<HttpResponseMessage> SendForm(this HttpClient client, string path, Dictionary<string, string> form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form),
            Headers = { { "Sec-Fetch-Site", "same-origin" } },
        };
        return await client.SendAsync(request);
    }
}
