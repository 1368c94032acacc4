using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Deploy;

/// <summary>
/// The server behind a real Caddy, a real nginx and a real HAProxy, over HTTPS: who the caller is, WebSockets, event streams, sign-in and
/// the board.
/// </summary>
public sealed class ReverseProxyTests
{
    private const string Spoofed = "203.0.113.77";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // an upper bound for a hung test, not a measure

    [SkippableTheory]
    [InlineData("caddy")]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task All_of_it_works_behind(string name)
    {
        using var folder = TestFolder.WithDemoShop();
        await using var server = StoreFlowProcess.Serve(
            folder.Path, "Development", start => start.Environment["StoreFlow__Https"] = "true");
        await using var proxy = await ReverseProxy.Start(name, await server.Address);
        using var client = proxy.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", Spoofed);

        await Signs_in(client, server);
        await Hears_the_event_stream(client);
        await Hears_the_hub(proxy, client);
        using (var metrics = await client.GetAsync("/metrics"))
            Assert.Equal(404, (int)metrics.StatusCode);
        await Shows_the_board(proxy, client);
    }

    private static async Task Signs_in(HttpClient client, StoreFlowProcess server)
    {
        using var wrong = await Sign_in(client, "wrong");
        Assert.Equal(401, (int)wrong.StatusCode);
        await Eventually.Holds(() => server.Said.Contains("A sign-in failed from ", StringComparison.Ordinal), "It is not in the log.");
        Assert.DoesNotContain(Spoofed, server.Said);

        using var right = await Sign_in(client, SessionClient.Password);
        Assert.Equal((302, "/dashboard"), ((int)right.StatusCode, right.Headers.Location?.ToString()));
        var cookie = right.Headers.GetValues("Set-Cookie").Single(set => set.StartsWith("__Host-storeflow=", StringComparison.Ordinal));
        Assert.Contains("; secure", cookie);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stores/1/orders") { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        using var orders = await client.SendAsync(request);
        Assert.Equal(200, (int)orders.StatusCode);
    }

    private static Task<HttpResponseMessage> Sign_in(HttpClient client, string password) => client.PostAsync(
        "/login", new FormUrlEncodedContent([new("email", "owner@demo.example"), new("password", password)]));

    private static async Task Hears_the_event_stream(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stores/1/orders/events")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Staff) },
        };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.StartsWith("retry:", await lines.ReadLineAsync().WaitAsync(Patience)); // the stream has begun, and goes on

        var id = await Place(client, "Stream Listener");
        while (await lines.ReadLineAsync().WaitAsync(Patience) is not "event: OrderCreated")
        {
            // what keeps the line open
        }
        Assert.Contains(id, await lines.ReadLineAsync().WaitAsync(Patience));
    }

    private static async Task Hears_the_hub(ReverseProxy proxy, HttpClient client)
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(proxy.Address, "/hubs/orders"), options =>
            {
                options.Headers["Authorization"] = $"Bearer {StoreFlowApp.Staff}";
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
                options.WebSocketConfiguration = socket => socket.RemoteCertificateValidationCallback = (_, _, _, _) => true;
            })
            .Build();
        var heard = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonElement>("OrderCreated", payload => heard.TrySetResult(payload.Clone()));
        await hub.StartAsync().WaitAsync(Patience);
        await hub.InvokeAsync<long>("SubscribeStore", 1, null).WaitAsync(Patience);
        var id = await Place(client, "Hub Listener");
        Assert.Equal(id, (await heard.Task.WaitAsync(Patience)).Text("public_id"));
    }

    private static async Task Shows_the_board(ReverseProxy proxy, HttpClient client)
    {
        var device = await Chromium.NewContext(new() { BaseURL = proxy.Address.ToString(), IgnoreHTTPSErrors = true });
        try
        {
            var page = await device.NewPageAsync();
            var sockets = new List<string>();
            page.WebSocket += (_, socket) => sockets.Add(socket.Url);
            await page.GotoAsync("/login?returnUrl=%2Fdashboard%2F1");
            await page.Locator("[name=email]").FillAsync("staff@demo.example");
            await page.Locator("[name=password]").FillAsync(SessionClient.Password);
            await page.Locator("form button[type=submit], form button").First.ClickAsync();
            await Assertions.Expect(page.Locator("#column-new")).ToBeVisibleAsync();
            await Place(client, "Board Watcher");
            await Assertions.Expect(page.Locator("#column-new")).ToContainTextAsync("Board");
            Assert.Contains(sockets, address => address.StartsWith($"wss://{proxy.Address.Authority}/_blazor", StringComparison.Ordinal));
            Assert.Contains(await device.CookiesAsync(), cookie => cookie is { Name: "__Host-storeflow", Secure: true, HttpOnly: true });
        }
        finally
        {
            await device.CloseAsync();
        }
    }

    private static async Task<string> Place(HttpClient client, string customer)
    {
        var (status, order) = await client.Post("/checkout", new
        {
            store_id = 1,
            fulfilment_type = "pickup",
            items = new[] { new { product_id = 1, quantity = 1 } },
            customer = new { name = customer, email = "who@example.com" },
        });
        Assert.Equal(201, status);
        return order.Text("public_id");
    }
}
