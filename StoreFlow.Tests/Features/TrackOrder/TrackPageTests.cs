using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.TrackOrder;

/// <summary>The customer's page: small, readable without scripts, and right even where live updates are blocked.</summary>
public sealed class TrackPageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    // The browser logs that an answer was a 404 or that the stream was blocked. These tests cause both.
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
        string[] places = ["/plain", "/track.js", "/push.js", "/customer", ""];
        Assert.Equal(
            [
                "/plain.css", "/track.js", "/push.js",
                $"/customer/{order.Text("public_id")}/order/events", $"/track/{order.Text("public_id")}",
            ],
            asked.Where(path => path != "/favicon.svg")
                .OrderBy(path => Array.FindIndex(places, place => path.StartsWith(place))));
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
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" }))
            .ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-999");
        await Expect(page.Locator("tfoot")).ToContainTextAsync("€14.50");
        // Without scripts the page reloads itself now and then.
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveAttributeAsync("content", "30");
    }

    [Fact]
    public async Task Without_scripts_a_time_is_the_servers_and_has_its_date_where_it_is_not_todays()
    {
        using var own = new StoppedClockApp();
        own.Time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var order = await own.PendingOrder();
        own.Time.Advance(TimeSpan.FromHours(14));   // 01:15 of the next day in Berlin, and still the same day in UTC
        await own.Step(order, "accept");

        var html = await own.As(null).GetStringAsync($"/track/{order.Text("public_id")}");
        Assert.Contains("<time datetime=\"2026-11-22T10:15:30Z\">22 Nov, 11:15 UTC&#x2B;01:00</time>", html);
        Assert.Contains("<time datetime=\"2026-11-23T00:15:30Z\">01:15 UTC&#x2B;01:00</time>", html);
        Assert.Contains("<time datetime=\"2026-11-22T10:15:30Z\" data-date>22 Nov 2026, 11:15 UTC&#x2B;01:00</time>", html);
    }

    [SkippableFact]
    public async Task A_time_is_the_stores_and_has_its_date_where_it_is_not_todays_in_the_browser()
    {
        var order = await App.PendingOrder();
        var placed = DateTimeOffset.Parse(order.Text("created_at"), CultureInfo.InvariantCulture);
        var page = await Device(new() { TimezoneId = "Asia/Tokyo" });
        var there = TimeZoneInfo.ConvertTime(placed, TimeZoneInfo.Local); // a store without a zone of its own has the server's
        var date = there.ToString("d MMM, HH:mm", CultureInfo.InvariantCulture);

        await page.Clock.SetFixedTimeAsync(placed.UtcDateTime);
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.Locator(".steps time")).ToHaveTextAsync(new Regex($"^{date.Split(", ")[1]}( [A-Z]+\\S*)?$"));
        await page.Clock.SetFixedTimeAsync(placed.UtcDateTime.AddDays(1));
        await page.ReloadAsync();
        await Expect(page.Locator(".steps time")).ToHaveTextAsync(new Regex($"^{date}( [A-Z]+\\S*)?$"));
    }

    [SkippableFact]
    public async Task News_that_come_while_the_page_is_being_asked_for_are_shown_too()
    {
        var order = await App.PendingOrder();
        var page = await Device();
        await page.AddInitScriptAsync("""
            const add = EventSource.prototype.addEventListener;
            EventSource.prototype.addEventListener = function (name, tell) {
              add.call(this, name, event => {
                tell(event);
                window.heard = JSON.parse(event.data).version;
              });
            };
            """);
        var (asked, next) = (new TaskCompletionSource(), new TaskCompletionSource());
        await page.RouteAsync($"**/track/{order.Text("public_id")}", async route =>
        {
            if (route.Request.ResourceType != "fetch" || asked.Task.IsCompleted)
            {
                await route.ContinueAsync();
                return;
            }
            var old = await route.FetchAsync();
            asked.SetResult();
            await next.Task;
            await route.FulfillAsync(new() { Response = old });
        });
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await App.Step(order, "accept");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await App.Step(order, "start-preparation");
        await page.WaitForFunctionAsync("heard === 3");
        next.SetResult();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your order is being prepared");
    }

    [SkippableTheory]
    [InlineData("pickup", "completed", true)]
    [InlineData("shipping", "delivered", true)]
    [InlineData("shipping", "delivered", false)]
    public async Task On_a_narrow_phone_nothing_collides_wraps_or_scrolls_sideways(string type, string status, bool scripts)
    {
        var word = new string('W', 68);
        using var own = new StoreFlowApp();
        using (var db = own.OpenDatabase())
            db.Execute("UPDATE products SET name = @word WHERE id = 1; UPDATE stores SET name = @word WHERE id = 1", new { word });
        var body = Scenarios.CheckoutBody(type, name: word);
        body["items"] = new[] { new { product_id = 1, quantity = 1 } };
        if (type == "shipping")
        {
            var address = new { line1 = "Quay Street 5", city = word, postal_code = "20457", country = "DE" };
            body["shipping"] = new { method = "standard", name = word, address };
        }
        var (_, view) = await own.As(null).Post("/checkout", body);
        var (_, found) = await own.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={view.Text("reference")}");
        var order = found.GetProperty("orders")[0];
        foreach (var step in Scenarios.StepsTo[(type, status)])
            await own.Step(order, step);

        var page = await Device(new() { ViewportSize = new() { Width = 360, Height = 740 }, JavaScriptEnabled = scripts });
        await page.Clock.SetFixedTimeAsync(DateTime.UtcNow.AddDays(2));   // so that the times have their dates
        await page.GotoAsync($"{own.Address}track/{view.Text("public_id")}");
        if (scripts)
            await Expect(page.Locator(".steps time").First).Not.ToContainTextAsync("UTC");

        // Measures the drawn texts: a box may be narrower than the text that overflows it.
        var texts = await page.EvaluateAsync<string[]>("""
            () => {
              const drawn = [...document.querySelectorAll('.steps span, .steps time')].flatMap(it => {
                const range = document.createRange();
                range.selectNodeContents(it);
                return [...range.getClientRects()].map(box => [it.textContent, box]);
              });
              const collide = (a, b) => a.left < b.right - .5 && b.left < a.right - .5 && a.top < b.bottom - .5 && b.top < a.bottom - .5;
              return drawn.flatMap(([name, box], i) => drawn.slice(i + 1)
                .filter(([other, its]) => other !== name && collide(box, its))
                .map(([other]) => `${name} lies over ${other}`));
            }
            """);
        Assert.Empty(texts);
        Assert.True(await FitsThePhone(), "The page is wider than a phone.");
        var lines = await page.Locator("tbody td").First.EvaluateAsync<int>("""
            it => {
              const range = document.createRange();
              range.selectNodeContents(it);
              return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
            }
            """);
        Assert.Equal(1, lines);
        await page.GotoAsync($"{own.Address}shop/1");
        Assert.True(await FitsThePhone(), "The shop is wider than a phone.");

        Task<bool> FitsThePhone() => page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth");
    }

    [SkippableFact]
    public async Task A_refusal_has_its_style_in_itself()
    {
        // As when the server has no free connection: a second request would be refused too.
        var page = await Device();
        await page.RouteAsync("**/*.css", route => route.AbortAsync());
        await page.GotoAsync("/track/00000000000000000000000000");
        await Expect(page.Locator("main")).ToHaveCSSAsync("max-width", "544px");
        await Expect(page.Locator(".button")).ToHaveCSSAsync("background-color", "rgb(11, 93, 78)");
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
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" }))
            .ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-1000");
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
        await Becomes(page, "stream.readyState === EventSource.OPEN");
        await App.Step(order, "complete");
        await Expect(page.Locator(".steps li[aria-current=step]")).ToContainTextAsync("Collected");
        await Becomes(page, "stream.readyState === EventSource.CLOSED");
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();

        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.Load });
        await Expect(page.Locator("time").First).Not.ToContainTextAsync("UTC");   // the script has run
        Assert.DoesNotContain(asked, path => path.EndsWith("/events", StringComparison.Ordinal));
        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
    }
}
