using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Infrastructure.Http;

/// <summary>The log has one line for each request, and at no level anything personal or secret.</summary>
public sealed partial class RequestLogTests : IDisposable
{
    private const string OwnersPassword = "violet-kettle-orbits";
    private const string MetricsToken = "scraping-quietly-at-night";
    private const string Pin = "907856";
    private const string WrongPin = "140923";

    private const string ShopFile = """
        {
          "merchant": { "code": "quiet", "name": "Quiet Shop" },
          "stores": [{
            "code": "main", "name": "Quiet Main", "currency": "EUR",
            "products": [{ "sku": "TEA", "name": "Tea", "price": 500 }],
            "shipping_methods": [{ "code": "parcel", "name": "Parcel", "price": 500 }]
          }],
          "users": [{ "email": "boss.of@quiet.example", "name": "Bossanova", "role": "owner", "password": "violet-kettle-orbits" }]
        }
        """;

    private static readonly object Order = new
    {
        store_id = 1,
        fulfilment_type = "shipping",
        items = new[] { new { product_id = 1, quantity = 2 } },
        customer = new { name = "Wilhelmina Quast", email = "mina.quast@mail.example", phone = "+49 170 5550199" },
        shipping = new
        {
            method = "parcel",
            name = "Wilhelmina Quast",
            address = new { line1 = "Elderberry Lane 77", city = "Tiefensee", postal_code = "98765", country = "DE" },
        },
        note = "Ring at the green gate",
    };

    private static readonly string[] Personal =
    [
        OwnersPassword, "mistyped-password", "boss.of@", "nobody.at@", "Bossanova", MetricsToken,
        "Wilhelmina", "Quast", "mina.quast", "5550199", "Elderberry", "Tiefensee", "98765", "green gate",
        "sekrit-in-a-query", "sekrit-access-token", "sekrit-bearer", "sekrit-in-a-path", "sekrit-in-a-body", "sekrit-key", "TRACK-4711",
    ];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Each_request_is_one_line_with_its_route_and_the_trace_id_of_its_refusal()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var client = await server.As(null);
        var (_, problem) = await client.Get("/orders/4711/history");
        Assert.Equal(404, (await client.Get("/customer/Y07RRH0B9V1JD0AGSGR59ZW7P4/order?code=1234")).Status);
        Assert.Equal(200, (await client.Get("/healthz")).Status);
        await client.GetAsync("/made/up/address");
        using (var odd = new HttpRequestMessage(new HttpMethod("SEKRIT"), "/login"))
        using (await client.SendAsync(odd)) { }
        await Eventually.Holds(() => Lines().Count == 4, "The log has not one line for each request.");

        var lines = Lines();
        Assert.Equal(
            ["GET /orders/{id}/history 401", "GET /customer/{public_id}/order 404", "GET (none) 404"],
            lines.Take(3).Select(Summary));
        Assert.StartsWith("OTHER ", Summary(lines[3]));
        var trace = Line().Match(lines[0]).Groups["trace"].Value;
        Assert.Contains(trace, problem.Text("trace_id"));
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z info: StoreFlow\.Requests\[1\] method=", line));
        Assert.DoesNotContain("4711", server.Said);
        Assert.DoesNotContain("healthz", server.Said);

        List<string> Lines() => [.. server.Said.Split('\n').Where(line => Line().IsMatch(line))];

        static string Summary(string line) => Line().Match(line) is var match
            ? $"{match.Groups["method"].Value} {match.Groups["route"].Value} {match.Groups["status"].Value}"
            : "";
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    public async Task No_level_of_the_log_holds_anything_personal_or_secret(string format)
    {
        var token = await SetUp();
        await using var server = Serve(format);
        var secrets = await Use(server, token);
        await Holds_none_of(server, secrets);
    }

    [SkippableFact]
    public async Task Nor_do_the_staffs_pages_write_any_of_it()
    {
        var token = await SetUp();
        await using var server = Serve("simple");
        var secrets = await Use(server, token);
        var device = await Chromium.NewContext(new() { BaseURL = (await server.Address).ToString() });
        try
        {
            var page = await device.NewPageAsync();
            await page.GotoAsync("/login?returnUrl=%2Fdashboard%2F1");
            await page.Locator("[name=email]").FillAsync("boss.of@quiet.example");
            await page.Locator("[name=password]").FillAsync(OwnersPassword);
            await page.Locator("form button").ClickAsync();
            await Assertions.Expect(page.Locator("#order-1")).ToBeVisibleAsync();
            await page.Locator("[data-find]").FillAsync("Wilhelmina");
            await Assertions.Expect(page.Locator("#order-1")).ToBeVisibleAsync();
            await page.GotoAsync("/dashboard/1/orders/1");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Elderberry");
        }
        finally
        {
            await device.CloseAsync();
        }
        await Holds_none_of(server, secrets);
    }

    private async Task<string> SetUp()
    {
        var (imported, _, why) = await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFile));
        Assert.True(imported == 0, why);
        var (made, token, _) = await StoreFlowProcess.Run(
            _folder.Path, "token", "create", "--user", "boss.of@quiet.example", "--name", "till", "--days", "9");
        Assert.Equal(0, made);
        return token.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).MaxBy(word => word.Length)!;
    }

    /// <summary>Everything is logged that settings can ask for.</summary>
    private StoreFlowProcess Serve(string format) => StoreFlowProcess.Serve(_folder.Path, "Production", start =>
    {
        const string aspNet = "Microsoft.AspNetCore";
        foreach (var category in new[] { "Default", "Microsoft", aspNet, $"{aspNet}.Hosting.Diagnostics", "StoreFlow" })
        {
            start.Environment[$"Logging__LogLevel__{category}"] = "Trace";
            start.Environment[$"Logging__Console__LogLevel__{category}"] = "Trace";
        }
        start.Environment["Logging__Console__FormatterName"] = format;
        start.Environment["StoreFlow__MetricsToken"] = MetricsToken;
    });

    /// <summary>Uses the server as people and programs do. Answers the secrets that it gave away itself.</summary>
    private static async Task<string[]> Use(StoreFlowProcess server, string token)
    {
        var address = await server.Address;
        using var anyone = await server.As(null);
        using var staff = await server.As(token);

        using (await SessionClient.SignIn(address, "boss.of@quiet.example", "mistyped-password")) { }
        using (await SessionClient.SignIn(address, "nobody.at@quiet.example", "mistyped-password")) { }
        using var signedIn = await SessionClient.SignIn(address, "boss.of@quiet.example", OwnersPassword);
        Assert.Equal(302, (int)signedIn.StatusCode);
        using var session = SessionClient.WithCookie(address, signedIn.SessionCookie());
        Assert.Equal(200, (await session.Get("/stores/1/orders?q=Quast")).Status);

        using var keyed = await server.As(null);
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "sekrit-key");
        var (placed, order) = await keyed.Post("/checkout", Order);
        Assert.Equal(201, placed);
        var publicId = order.Text("public_id");
        Assert.Equal(200, (await anyone.Get($"/customer/{publicId}/order")).Status);
        using (await anyone.GetAsync($"/track/{publicId}?from=sekrit-in-a-query")) { }

        Assert.Equal(200, (await staff.Post("/orders/1/accept", new { version = 1 })).Status);
        Assert.Equal(409, (await staff.Post("/orders/1/accept", new { version = 1 })).Status);
        Assert.Equal(200, (await staff.Post("/orders/1/ship", new { tracking_code = "TRACK-4711" })).Status);
        Assert.Equal(200, (await staff.Get("/orders/1/history")).Status);

        Assert.Equal(200, (await staff.Send(HttpMethod.Put, "/merchant/users/1/pin", new { pin = Pin })).Status);
        using (var tablet = await TabletClient.SetUp(address, "boss.of@quiet.example", OwnersPassword))
        {
            Assert.Equal(401, (int)(await tablet.Unlock(1, WrongPin)).StatusCode);
            Assert.Equal(302, (int)(await tablet.Unlock(1, Pin)).StatusCode);
            Assert.Equal(200, (await tablet.Get("/stores/1/orders")).Status);
        }

        (await anyone.Post("/checkout", new StringContent("{\"sekrit-in-a-body\": ", null, "application/json"))).Is(400, "invalid_request");
        (await anyone.Post("/checkout", new { sekrit = "sekrit-in-a-body" })).Is(400, "invalid_request");
        using (await anyone.GetAsync("/track/sekrit-in-a-path")) { }
        using (await anyone.GetAsync("/sekrit-in-a-path/nothing?q=sekrit-in-a-query")) { }
        using (await anyone.GetAsync("/orders/sekrit-in-a-path")) { }
        using (var guess = await server.As("sekrit-bearer"))
            (await guess.Get("/stores/1/orders")).Is(401, "unauthenticated");
        using (var scraper = await server.As(MetricsToken))
        using (var metrics = await scraper.GetAsync("/metrics"))
            Assert.Equal(200, (int)metrics.StatusCode);

        await using (var hub = await LiveClient.Connect(address, token))
        {
            await hub.Connection.InvokeAsync<System.Text.Json.JsonElement>("SubscribeCustomer", publicId);
            await Assert.ThrowsAnyAsync<Exception>(() => hub.Connection.InvokeAsync<long>("SubscribeStore", "sekrit-in-a-body", null));
        }
        await using (var browser = new HubConnectionBuilder()
            .WithUrl(new Uri(address, "/hubs/orders?access_token=sekrit-access-token&from=sekrit-in-a-query")).Build())
        {
            await browser.StartAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => browser.InvokeAsync<long>("SubscribeStore", 1, null));
        }
        return [token, publicId, order.Text("reference"), signedIn.SessionCookie().Split('=')[1]];
    }

    private static async Task Holds_none_of(StoreFlowProcess server, string[] secrets)
    {
        using var anyone = await server.As(null);
        using (await anyone.GetAsync("/openapi/v1.json")) { } // its line comes last
        await Eventually.Holds(() => server.Said.Contains("/openapi/", StringComparison.Ordinal), "The log does not go on.");
        var lines = server.Said.Split('\n');
        Assert.Contains(lines, line => line.Contains("/orders/{id}/ship", StringComparison.Ordinal)); // it does log requests
        Assert.All([.. Personal, .. secrets], secret =>
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        // As a word: the six digits may stand inside a trace id.
        Assert.All([Pin, WrongPin], pin => Assert.DoesNotContain(lines, line => Regex.IsMatch(line, $@"\b{pin}\b")));
    }

    [GeneratedRegex(@"method=(?<method>\S+) route=(?<route>\S+) status=(?<status>\d+) ms=[\d.]+ trace=(?<trace>[0-9a-f]{32})$")]
    private static partial Regex Line();

    public void Dispose() => _folder.Dispose();
}
