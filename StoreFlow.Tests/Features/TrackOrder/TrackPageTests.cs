using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.TrackOrder;

/// <summary>The customer's page: light, readable without scripts, and right even where live updates are blocked.</summary>
public sealed class TrackPageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    // The browser notes that an answer was a 404, or that the stream was blocked, which these tests bring about.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    [SkippableFact]
    public async Task The_first_view_is_light()
    {
        var order = await App.OrderIn("packing", "shipping");
        var page = await Device();
        var network = await page.Context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        var bytes = 0.0;
        network.Event("Network.loadingFinished").OnEvent += (_, done) => bytes += done!.Value.GetProperty("encodedDataLength").GetDouble();
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);

        await page.GotoAsync($"/track/{order.Text("public_id")}", new() { WaitUntil = WaitUntilState.Load });
        await Expect(page.Locator("time").First).Not.ToContainTextAsync("UTC");   // the script has run

        Assert.InRange(bytes, 1_000, 60_000);
        Assert.Equal(["/plain.css", "/track.js", $"/customer/{order.Text("public_id")}/order/events", $"/track/{order.Text("public_id")}"],
            asked.Where(path => path != "/favicon.svg").OrderBy(path => path.StartsWith("/plain") ? 0 : path.StartsWith("/track.js") ? 1 : path.StartsWith("/customer") ? 2 : 3));
    }

    [SkippableFact]
    public async Task It_is_readable_without_scripts()
    {
        var order = await App.OrderIn("shipped", "shipping");
        var page = await Device(new() { JavaScriptEnabled = false });
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your order has shipped!");
        await Expect(page.Locator(".steps li[aria-current=step]")).ToContainTextAsync("Shipped");
        await Expect(page.Locator(".steps .reached")).ToHaveCountAsync(4);
        await Expect(page.Locator(".steps time").First).ToContainTextAsync("UTC");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" })).ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-999");
        await Expect(page.Locator("tfoot")).ToContainTextAsync("€14.50");
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveAttributeAsync("content", "30");   // asks by itself now and then
    }

    [SkippableFact]
    public async Task It_says_neither_street_nor_number_nor_full_name()
    {
        var order = await App.OrderIn("packing", "shipping");
        using var answer = await App.As(null).GetAsync($"/track/{order.Text("public_id")}");
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Mia", html);
        Assert.Contains("Hamburg", html);
        Assert.All(["Chen", "Quay", "20457", "mia@", "+49", $"orders/{order.Number("id")}"], secret => Assert.DoesNotContain(secret, html));
    }

    [SkippableFact]
    public async Task Where_the_stream_is_blocked_it_asks_now_and_then()
    {
        var order = await App.PendingOrder();
        var page = await Device();
        await page.Clock.InstallAsync();
        await page.RouteAsync("**/events", route => route.AbortAsync());
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();

        await App.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/accept");
        await page.Clock.FastForwardAsync("00:20");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("The shop has your order");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The shop has your order");
    }

    [SkippableFact]
    public async Task A_corrected_tracking_link_gets_there_by_itself()
    {
        var order = await App.OrderIn("shipped", "shipping");
        var page = await Device();
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.Locator(".tracking strong")).ToHaveTextAsync("1Z-999");
        await App.As(StoreFlowApp.Staff).Patch($"/orders/{order.Number("id")}/tracking", new { tracking_code = "1Z-1000" });
        await Expect(page.Locator(".tracking strong")).ToHaveTextAsync("1Z-1000");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" })).ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-1000");
    }

    [SkippableFact]
    public async Task An_unknown_link_is_a_kind_404()
    {
        var page = await Device();
        foreach (var id in new[] { "00000000000000000000000000", "1", "not-an-id" })
        {
            var answer = await page.GotoAsync($"/track/{id}");
            Assert.Equal(404, answer!.Status);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("We could not find that");
            await Expect(page.Locator("main")).ToContainTextAsync("This link does not lead to an order.");
        }
    }

    [SkippableFact]
    public async Task A_finished_order_listens_for_nothing_and_says_nothing_of_an_interruption()
    {
        var order = await App.OrderIn("ready");
        var page = await Device();
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.Locator("main[data-events]")).ToHaveCountAsync(1);
        await page.WaitForFunctionAsync("stream.readyState === EventSource.OPEN");
        await App.Step(order, "complete");
        await Expect(page.Locator(".steps li[aria-current=step]")).ToContainTextAsync("Collected");
        await page.WaitForFunctionAsync("stream.readyState === EventSource.CLOSED");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();

        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.Load });
        await Expect(page.Locator("time").First).Not.ToContainTextAsync("UTC");   // the script has run
        Assert.DoesNotContain(asked, path => path.EndsWith("/events", StringComparison.Ordinal));
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
    }
}
