using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Push;

/// <summary>The customer's page asks the browser on a tap only, and says truly whether this device is told.</summary>
public sealed class ToldHereTests(ToldHereTests.OpenApp app) : PageTest(app), IClassFixture<ToldHereTests.OpenApp>, IAsyncLifetime
{
    public sealed class OpenApp : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:Push:AllowPrivateAddresses"] = "true" };
    }

    private const string Ask = "Tell me on this device when it is ready";
    private const string Stop = "Do not tell me here";

    private PushService _service = null!;
    private Browser _browser = null!;

    // The browser logs an answer that was refused. One test causes it.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    async Task IAsyncLifetime.InitializeAsync()
    {
        await base.InitializeAsync();
        _service = await PushService.Start();
        _browser = new(_service.Origin);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        _browser.Dispose();
        await _service.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_tap_has_the_device_told_and_another_ends_it()
    {
        var order = await App.PendingOrder();
        var page = await Phone("granted");
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(Button(page, Ask)).ToBeVisibleAsync();
        Assert.Equal(0, Kept(order.Number("id"))); // nothing is asked for before the tap

        await Button(page, Ask).ClickAsync();
        await Expect(Button(page, Stop)).ToBeVisibleAsync();
        await Expect(Button(page, Ask)).ToBeHiddenAsync();
        await Expect(page.Locator("#announcement")).ToHaveTextAsync("You are told on this device as soon as it is ready.");
        Assert.Equal(1, Kept(order.Number("id")));
        await page.ReloadAsync();
        await Expect(Button(page, Stop)).ToBeVisibleAsync();

        await Settled(page);
        await Button(page, Stop).ClickAsync();
        await Expect(Button(page, Ask)).ToBeVisibleAsync();
        Assert.Equal(0, Kept(order.Number("id")));
        await page.ReloadAsync();
        await Expect(Button(page, Ask)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task It_is_told_while_the_page_is_closed_and_the_worker_shows_it()
    {
        var order = await App.PendingOrder();
        var page = await Phone("granted");
        var path = $"/track/{order.Text("public_id")}";
        await page.GotoAsync(path);
        await Button(page, Ask).ClickAsync();
        await Expect(Button(page, Stop)).ToBeVisibleAsync();
        await page.GotoAsync("/shop/1");
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready" })
            await App.Step(order, step);
        await Eventually.Holds(() => _service.HeardBy(_browser).Count == 1, "The push service hears nothing.");
        var message = _browser.Read(_service.Heard.Single().Body).GetRawText();

        // The browser's own way from its push service to the worker, without the service.
        var devtools = await page.Context.NewCDPSessionAsync(page);
        var registration = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        devtools.Event("ServiceWorker.workerRegistrationUpdated").OnEvent += (_, updated) =>
        {
            foreach (var one in updated!.Value.GetProperty("registrations").EnumerateArray())
                registration.TrySetResult(one.Text("registrationId"));
        };
        await devtools.SendAsync("ServiceWorker.enable");
        await devtools.SendAsync("ServiceWorker.deliverPushMessage", new()
        {
            ["origin"] = App.Address.GetLeftPart(UriPartial.Authority),
            ["registrationId"] = await registration.Task.WaitAsync(TimeSpan.FromSeconds(30)),
            ["data"] = message,
        });
        await Becomes(page, """
            async expected => {
              const registration = await navigator.serviceWorker.getRegistration('/track/');
              const shown = (await registration.getNotifications()).map(each => [each.title, each.body, each.tag].join(' | '));
              return shown.join() === expected;
            }
            """, $"Corner Market Harbour | Your order {order.Text("reference")} is ready. | {path}");
    }

    [SkippableFact]
    public async Task A_browser_that_says_no_is_not_asked_for_anything_and_the_page_says_so()
    {
        var order = await App.PendingOrder();
        var page = await Phone("denied");
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Button(page, Ask).ClickAsync();
        await Expect(page.Locator(".told").GetByText("Your browser does not let this page tell you anything.")).ToBeVisibleAsync();
        Assert.Equal(0, Kept(order.Number("id")));
    }

    [SkippableFact]
    public async Task Where_the_server_refuses_or_is_away_the_page_does_not_say_that_it_is_on()
    {
        var order = await App.PendingOrder();
        var page = await Phone("granted");
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await page.RouteAsync("**/push", route => route.Request.Method == "POST" ? route.AbortAsync() : route.ContinueAsync());
        await Button(page, Ask).ClickAsync();
        await Expect(page.Locator(".told").GetByText("That did not work, so do not count on being told here.")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/push");
        await Settled(page);
        await Button(page, "Try again").ClickAsync();
        await Expect(Button(page, Stop)).ToBeVisibleAsync();
        Assert.Equal(1, Kept(order.Number("id")));
    }

    [SkippableFact]
    public async Task A_ready_order_offers_it_to_nobody_and_whose_it_is_keeps_the_way_out()
    {
        var order = await App.PendingOrder();
        var page = await Phone("granted");
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Button(page, Ask).ClickAsync();
        await Expect(Button(page, Stop)).ToBeVisibleAsync();
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready" })
            await App.Step(order, step);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your order is ready!");
        await Expect(Button(page, Stop)).ToBeVisibleAsync(); // after the page has been swapped

        var other = await Phone("granted");
        await other.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(other.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your order is ready!");
        await Expect(other.Locator(".told")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task An_iPhone_is_told_to_go_by_the_home_screen_and_others_that_cannot_are_told_nothing()
    {
        var order = await App.PendingOrder();
        foreach (var (isIPhone, words) in new[] { (true, 1), (false, 0) })
        {
            var page = await Device();
            await page.Context.AddInitScriptAsync($"delete window.PushManager; {(isIPhone ? "navigator.standalone = false;" : "")}");
            await page.GotoAsync($"/track/{order.Text("public_id")}");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await Expect(page.GetByText("Add to Home Screen").And(page.Locator(":visible"))).ToHaveCountAsync(words);
            await Expect(Button(page, Ask)).ToBeHiddenAsync();
        }
    }

    /// <summary>A device whose push service is the test's own: headless Chromium has none.</summary>
    private async Task<IPage> Phone(string permission)
    {
        var page = await Device(new() { ViewportSize = new() { Width = 360, Height = 800 } });
        if (permission == "granted")
            await page.Context.GrantPermissionsAsync(["notifications"]);
        await page.Context.AddInitScriptAsync($$"""
            {
              if ('{{permission}}' === 'denied') {
                let permission = 'default';
                Object.defineProperty(Notification, 'permission', { get: () => permission });
                Notification.requestPermission = async () => permission = 'denied';
              }
              const kept = 'test.subscription';
              const made = () => ({
                endpoint: '{{_browser.Endpoint}}',
                options: {
                  applicationServerKey: Uint8Array.from(
                    atob(localStorage.getItem(kept).replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0)).buffer,
                },
                toJSON: () => ({
                  endpoint: '{{_browser.Endpoint}}', expirationTime: null,
                  keys: { p256dh: '{{_browser.P256dh}}', auth: '{{_browser.Auth}}' },
                }),
                unsubscribe: async () => { localStorage.removeItem(kept); return true; },
              });
              PushManager.prototype.getSubscription = async () => localStorage.getItem(kept) ? made() : null;
              PushManager.prototype.subscribe = async options => {
                if (!options.userVisibleOnly) throw new DOMException('It has to be shown.', 'NotAllowedError');
                localStorage.setItem(kept, options.applicationServerKey);
                return made();
              };
            }
            """);
        return page;
    }

    /// <summary>Waits until a tap is taken: the second of two taps would hit what has just come.</summary>
    private static Task Settled(IPage page) => Expect(page.Locator(".told:not([data-settling])")).ToBeVisibleAsync();

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    private long Kept(long order)
    {
        using var db = App.OpenDatabase();
        return db.ExecuteScalar<long>("SELECT COUNT(*) FROM push_subscriptions WHERE order_id = @order", new { order });
    }
}
