using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A new order is heard until somebody has dealt with it, and a page that the browser keeps silent says so.</summary>
public sealed class SoundTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task A_board_that_nobody_has_tapped_says_that_it_is_silent_and_one_tap_helps()
    {
        await AcceptAll();
        var board = await Staff();
        var (bar, sound, page) = (board.Locator("#muted"), board.Locator("[data-sound]"), board.Locator("html"));
        await Expect(bar).ToContainTextAsync("new orders are silent");
        await Expect(sound).ToHaveTextAsync("Tap for sound");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "false");
        var silent = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, silent)).ToHaveClassAsync("order fresh");
        Assert.Null(await page.GetAttributeAsync("data-chimes"));

        await bar.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(bar).ToBeHiddenAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page).ToHaveAttributeAsync("data-chimes", "1"); // for the one that waits

        await board.ReloadAsync();
        await Expect(bar).ToBeVisibleAsync();
        await board.GetByLabel("Reference, name or link").ClickAsync(); // any tap will do
        await Expect(sound).ToHaveTextAsync("Sound on");
        await Expect(bar).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task It_sounds_again_until_the_order_is_accepted_or_acknowledged_on_every_page_and_under_any_filter()
    {
        await AcceptAll();
        var elsewhere = (await App.OrderIn("accepted")).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{elsewhere}"); // not even the board
        var (html, badge, quiet) = (page.Locator("html"), page.Locator(".new-orders a"), page.Locator("[data-acknowledge]"));
        await page.Locator("h1").ClickAsync();
        await Expect(badge).ToBeHiddenAsync();

        var order = await App.PendingOrder("shipping");
        await Expect(badge).ToHaveTextAsync("1 new");
        await Expect(html).ToHaveAttributeAsync("data-chimes", "1");
        await Expect(html).ToHaveAttributeAsync("data-chimes", "2"); // fifteen seconds later
        await Expect(html).ToHaveAttributeAsync("data-chime", "usual");

        await quiet.ClickAsync();
        await Expect(quiet).ToBeHiddenAsync();
        await Expect(badge).ToHaveTextAsync("1 new"); // it still waits
        var next = await App.PendingOrder();
        await Expect(badge).ToHaveTextAsync("2 new");
        await Expect(html).ToHaveAttributeAsync("data-chimes", "3");
        await Expect(quiet).ToBeVisibleAsync();
        await App.Step(next, "accept");
        await Expect(badge).ToHaveTextAsync("1 new");
        await Expect(quiet).ToBeHiddenAsync();
        await App.Step(order, "accept");
        await Expect(badge).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task What_has_waited_for_three_minutes_sounds_urgent()
    {
        await AcceptAll();
        var board = await Staff();
        await board.Locator("h1, main").First.ClickAsync(new() { Position = new() { X = 2, Y = 2 } });
        await App.PendingOrder();
        await Expect(board.Locator("html")).ToHaveAttributeAsync("data-chime", "usual");
        // The browser's clock goes on; its timers stay as they are.
        await board.EvaluateAsync("const now = Date.now; Date.now = () => now() + 181000;");
        await Expect(board.Locator("html")).ToHaveAttributeAsync("data-chime", "urgent");
    }

    [SkippableFact]
    public async Task Sound_that_is_switched_off_stays_off()
    {
        await AcceptAll();
        var board = await Staff();
        var sound = board.Locator("[data-sound]");
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound off");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "false");

        await board.ReloadAsync();
        await Expect(sound).ToHaveTextAsync("Sound off");
        await Expect(board.Locator("#muted")).ToBeHiddenAsync(); // it is the person's own wish
        var silent = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, silent)).ToHaveClassAsync("order fresh");
        await Expect(board.Locator(".new-orders a")).ToHaveTextAsync("1 new");
        Assert.Null(await board.Locator("html").GetAttributeAsync("data-chimes"));
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        await Expect(board.Locator("html")).ToHaveAttributeAsync("data-chimes", "1");
    }

    private async Task AcceptAll()
    {
        var (_, list) = await App.As(StoreFlowApp.Owner).Get("/stores/1/orders?status=pending");
        foreach (var order in list.GetProperty("orders").EnumerateArray())
            await App.Step(order, "accept");
    }
}
