using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Docs;

/// <summary>The sample web shop, from another origin in a real browser, against a real server.</summary>
public sealed partial class WebShopPageTests(StoreFlowApp app, SampleShop shop)
    : PageTest(app), IClassFixture<StoreFlowApp>, IClassFixture<SampleShop>, IAsyncLifetime
{
    private readonly RestartableServer _server = new(samePort: true);

    // The browser writes down refusals and that nobody answers, which is what these tests bring about.
    protected override bool IsExpected(string complaint) => complaint.Contains("net::") || complaint.Contains("the server responded with")
        || complaint.Contains("CORS policy") || complaint.Contains("WebSocket connection to") || complaint.Contains("HttpConnection")
        || complaint.Contains("Information:") || complaint.Contains("Connection disconnected with error");

    [SkippableFact]
    public async Task A_page_of_another_origin_places_an_order_and_follows_it_also_after_a_lost_connection()
    {
        await Open();
        var page = await Device();
        await page.GotoAsync($"{shop.Origin}/index.html");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Corner Market Harbour");

        // Nothing is chosen, and the address is none: the refusal names each field.
        await page.GetByLabel("E-mail").FillAsync("mia");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("items: Choose at least one product");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("customer.name: This is needed.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("customer.email: This is not an e-mail address.");

        await page.GetByLabel("Sourdough loaf").FillAsync("2");
        await page.GetByLabel("Name").FillAsync("Mia Chen");
        await page.GetByLabel("E-mail").FillAsync("mia@example.com");

        // The answer is lost on its way: pressed again, the order is placed only once.
        await page.RouteAsync("**/checkout", async route =>
        {
            if (route.Request.Method == "POST")
                await route.FetchAsync();
            await route.AbortAsync();
        });
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the order is placed only once");
        await page.UnrouteAsync("**/checkout");
        await page.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(page.Locator("#status")).ToHaveTextAsync("waiting for the shop");
        await Expect(page.Locator("#line")).ToHaveTextAsync("Live.");
        var order = Assert.Single((await Get("/stores/1/orders")).GetProperty("orders").EnumerateArray());
        await Expect(page.Locator("#reference")).ToHaveTextAsync(order.Text("reference"));

        await Step(order, "accept");
        await Expect(page.Locator("#status")).ToHaveTextAsync("accepted");

        await _server.Kill();
        await Expect(page.Locator("#line")).ToContainTextAsync("lost");
        await Start();
        await Step(order, "start-preparation");
        await Expect(page.Locator("#status")).ToHaveTextAsync("being prepared");
        await Expect(page.Locator("#line")).ToHaveTextAsync("Live.");

        await page.ReloadAsync(); // the address names the order
        await Expect(page.Locator("#status")).ToHaveTextAsync("being prepared");
    }

    [SkippableFact]
    public async Task A_closed_store_says_so_and_an_unknown_origin_places_nothing()
    {
        await Open();
        var page = await Device();
        await page.GotoAsync($"{shop.Origin}/index.html");
        await page.GetByLabel("Sourdough loaf").FillAsync("1");
        await page.GetByLabel("Name").FillAsync("Mia Chen");
        await page.GetByLabel("E-mail").FillAsync("mia@example.com");
        var until = DateTimeOffset.UtcNow.AddHours(3);
        using (var staff = await _server.Process.As(StoreFlowApp.Staff))
            Assert.Equal(200, (await staff.Patch("/stores/1/service", new { paused_until = until })).Status);

        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(new Regex("The next opening is .*[0-9]{2}:[0-9]{2}"));

        await page.GotoAsync($"{shop.UnknownOrigin}/index.html");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The shop cannot be reached.");
        var sent = await page.EvaluateAsync<string>("""
            server => fetch(`${server}/checkout`, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, mode: 'no-cors',
                body: '{}' })
              .then(answer => answer.type)
            """, _server.LastAddress.GetLeftPart(UriPartial.Authority));
        Assert.Equal("opaque", sent);
        Assert.Empty((await Get("/stores/1/orders")).GetProperty("orders").EnumerateArray());
    }

    [SkippableFact]
    public async Task A_screen_of_another_origin_hears_of_orders_over_SignalR_and_the_log_does_not_show_its_token()
    {
        await Open(("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"));
        var page = await Device();
        var sockets = new List<string>();
        page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        await page.GotoAsync($"{shop.Origin}/screen.html");
        await page.GetByLabel("API token").FillAsync(StoreFlowApp.Staff);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Live.");
        Assert.Contains($"access_token={StoreFlowApp.Staff}", Assert.Single(sockets));

        using var customer = await _server.Process.As(null);
        var (status, view) = await customer.Post("/checkout", Scenarios.CheckoutBody());
        Assert.Equal(201, status);
        await Expect(page.Locator("#events li").First).ToContainTextAsync("Mia Chen ordered");
        await Step(Assert.Single((await Get("/stores/1/orders")).GetProperty("orders").EnumerateArray()), "accept");
        await Expect(page.Locator("#events li").Nth(1)).ToContainTextAsync("is accepted");

        // The customer needs no token, and hears of the order alone.
        await page.GotoAsync($"{shop.Origin}/screen.html");
        var reference = await page.EvaluateAsync<string>("""
            async ([server, publicId]) => {
              const hub = new signalR.HubConnectionBuilder().withUrl(`${server}/hubs/orders`).build();
              await hub.start();
              return (await hub.invoke('SubscribeCustomer', publicId)).reference;
            }
            """, new[] { _server.LastAddress.GetLeftPart(UriPartial.Authority), view.Text("public_id") });
        Assert.Equal(view.Text("reference"), reference);

        await Eventually.Holds(
            () => SocketLine().IsMatch(_server.Process.Said), "The log does not show the WebSocket.");
        Assert.DoesNotContain("access_token", _server.Process.Said);
        Assert.DoesNotContain(
            _server.Process.Said.Split('\n'),
            line => line.Contains(StoreFlowApp.Staff, StringComparison.Ordinal)
                && !line.Contains("demo tokens for", StringComparison.Ordinal));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task Open(params (string Name, string Value)[] variables)
    {
        await shop.CompileAsync(await App.As(null).GetStringAsync("/openapi/v1.json"));
        await shop.ServeAsync();
        await Start(variables);
        shop.Server = _server.LastAddress;
    }

    private async Task Start(params (string Name, string Value)[] variables)
    {
        _server.Start([("StoreFlow__AllowedOrigins", shop.Origin), .. variables]);
        await _server.Listening();
    }

    private async Task<JsonElement> Get(string path)
    {
        using var staff = await _server.Process.As(StoreFlowApp.Staff);
        return (await staff.Get(path)).Body;
    }

    private async Task Step(JsonElement order, string step)
    {
        using var staff = await _server.Process.As(StoreFlowApp.Staff);
        Assert.Equal(200, (await staff.Post($"/orders/{order.Number("id")}/{step}")).Status);
    }

    [GeneratedRegex(@"method=GET route=/hubs/orders ")]
    private static partial Regex SocketLine();
}
