using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A tap is for the order that the person saw there, never for the one that slid under the finger.</summary>
public sealed class TapTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    /// <summary>A large screen with a mouse and a phone; each screen with both kinds of pointer in the long form.</summary>
    public static TheoryData<int, int, bool> Screens => Effort.Long
        ? new()
        {
            { 1180, 820, true }, { 820, 1180, true }, { 360, 740, true }, { 1180, 820, false }, { 820, 1180, false }, { 360, 740, false },
        }
        : new() { { 1180, 820, false }, { 360, 740, true } };

    [SkippableTheory]
    [MemberData(nameof(Screens))]
    public async Task Two_quick_taps_finish_one_order_and_the_second_is_told(int width, int height, bool touch)
    {
        for (var i = 0; i < 6; i++)
            await App.OrderIn("ready");
        var board = await Staff(options: Screen(width, height, touch));
        await ShowColumn(board, "ready");
        foreach (var apart in new[] { 80, 150, 250, 400 })
        {
            // On a busy machine the second tap may come late, and then it is meant.
            for (var onTime = false; !onTime;)
            {
                if (await ReadyOrders() < 3)
                    await App.OrderIn("ready");
                onTime = await TapTwice(board, apart, touch);
            }
        }
    }

    [SkippableFact]
    public async Task A_double_tap_on_the_orders_page_takes_one_step()
    {
        var order = (await App.PendingOrder()).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        var accept = Button(page.Locator(".order-page .steps"), "Accept");
        await accept.ClickAsync(new() { ClickCount = 2, Delay = 100 });
        await Expect(page.Locator("#told")).ToBeVisibleAsync();
        await Expect(page.Locator(".now")).ToHaveTextAsync("Pickup · accepted");
        Assert.Equal("accepted", await Status(order));
    }

    [SkippableFact]
    public async Task A_colleagues_step_does_not_move_the_button_under_the_pointer()
    {
        var (first, second) = ((await App.PendingOrder()).Number("id"), (await App.PendingOrder()).Number("id"));
        var board = await Staff(options: Screen(1180, 820, touch: false));
        var button = Button(CardIn(board, "new", second), "Accept");
        await button.HoverAsync();
        var before = await Box(button);

        await App.As(StoreFlowApp.Manager).Post($"/orders/{first}/accept");
        await Expect(CardIn(board, "accepted", first)).ToBeVisibleAsync();
        Assert.Equal(before, await Box(button));

        await board.Mouse.MoveAsync(5, 5);
        await Eventually.Holds(async () => (await Box(button)).Y < before.Y, "The board never caught up.");
    }

    [SkippableTheory]
    [InlineData(820, 1180)]
    [InlineData(700, 1100)]
    public async Task A_new_order_does_not_move_the_button_under_the_pointer(int width, int height)
    {
        await App.PendingOrder();
        var ready = (await App.OrderIn("ready")).Number("id");
        var board = await Staff(options: Screen(width, height, touch: false));
        var button = Button(CardIn(board, "ready", ready), "Collected");
        await button.HoverAsync();
        var before = await Box(button);

        var placed = await App.PendingOrder();
        await Expect(board.GetByRole(AriaRole.Status)).ToHaveTextAsync($"New order {placed.Text("reference")} for Pickup.");
        Assert.Equal(before, await Box(button));

        await board.Mouse.MoveAsync(5, 5);
        await Expect(Card(board, placed.Number("id"))).ToBeVisibleAsync();
        await Eventually.Holds(async () => (await Box(button)).Y > before.Y, "The board never caught up.");
    }

    [SkippableFact]
    public async Task A_button_that_came_under_a_resting_pointer_takes_no_tap_until_the_pointer_has_left()
    {
        var (first, second) = (await App.PendingOrder(store: 2), await App.PendingOrder(store: 2));
        var board = await Staff(Olga, "/dashboard/2", Screen(1180, 820, touch: false));
        await Button(CardIn(board, "new", first.Number("id")), "Accept").HoverAsync();
        var place = await Box(Button(CardIn(board, "new", first.Number("id")), "Accept"));

        await App.As(StoreFlowApp.Owner).Post($"/orders/{first.Number("id")}/accept");
        var button = Button(CardIn(board, "new", second.Number("id")), "Accept");
        await Eventually.Holds(async () => await Box(button) == place, "The next card never came to that place.");
        await board.Mouse.DownAsync();
        await board.Mouse.UpAsync();
        await Expect(board.Locator("#told")).ToContainTextAsync(second.Text("reference"));
        Assert.Equal("pending", await Status(second.Number("id")));

        await board.Mouse.MoveAsync(5, 5);
        await button.ClickAsync();
        await Expect(CardIn(board, "accepted", second.Number("id"))).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_button_that_was_scrolled_to_takes_the_first_tap()
    {
        for (var i = 0; i < 2; i++)
            await App.OrderIn("ready");
        var last = (await App.OrderIn("ready")).Number("id");
        var board = await Staff(options: Screen(1180, 300, touch: false));
        await Button(CardIn(board, "ready", last), "Collected").ClickAsync(); // scrolls to it first
        await Expect(CardIn(board, "done", last)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_button_moves_when_the_page_becomes_shorter_than_it_was_scrolled()
    {
        var placed = new List<long>();
        for (var i = 0; i < 8; i++)
            placed.Add((await App.PendingOrder(name: "Ida Short")).Number("id"));
        var stays = placed[^1]; // the newest stands first under a search
        await App.As(StoreFlowApp.Manager).Post($"/orders/{stays}/accept");
        var board = await Staff(options: Screen(1180, 500, touch: false));
        await board.GetByLabel("Reference, name or link").FillAsync("ida short");
        await Expect(board.Locator(".order")).ToHaveCountAsync(placed.Count);
        await Expect(Button(CardIn(board, "accepted", stays), "Start preparing")).ToBeVisibleAsync();
        await board.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
        await board.EvaluateAsync("""
            () => {
              window.settled = [];
              new MutationObserver(changes => changes.forEach(it => window.settled.push(it.target.dataset.order)))
                .observe(document.querySelector('#column-accepted'), { subtree: true, attributeFilter: ['data-settling'] });
            }
            """);
        foreach (var order in placed.Take(3))
            await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/accept");
        await Eventually.Holds(() => board.EvaluateAsync<bool>($"window.settled.includes('{stays}')"), "The move was not noticed.");
    }

    [SkippableTheory]
    [InlineData(1180, 500)]
    [InlineData(820, 500)]
    public async Task What_leaves_another_column_does_not_scroll_the_page_under_the_pointer(int width, int height)
    {
        var placed = new List<long>();
        for (var i = 0; i < 8; i++)
            placed.Add((await App.PendingOrder(name: "Ida Anchor")).Number("id"));
        foreach (var order in placed.Take(4))
            await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/accept");
        var board = await Staff(options: Screen(width, height, touch: false));
        await board.GetByLabel("Reference, name or link").FillAsync("ida anchor");
        var button = Button(CardIn(board, "accepted", placed[0]), "Start preparing");
        await button.HoverAsync();
        var before = await Box(button);
        Assert.NotEqual(0, await board.EvaluateAsync<double>("scrollY"));

        await App.As(StoreFlowApp.Manager).Post($"/orders/{placed[7]}/accept");
        await Expect(CardIn(board, "new", placed[7])).ToHaveCountAsync(0);
        await board.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
        Assert.Equal(before, await Box(button));

        foreach (var order in placed) // the next screen starts without them
            if (await Status(order) == "pending")
                await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/accept");
        foreach (var order in placed)
            await App.As(StoreFlowApp.Owner).Post($"/orders/{order}/override", new { status = "completed", reason = "End of the test" });
    }

    [SkippableFact]
    public async Task A_key_is_always_meant()
    {
        var order = (await App.PendingOrder()).Number("id");
        var board = await Staff();
        await Button(Card(board, order), "Accept").FocusAsync();
        await board.Keyboard.PressAsync("Enter");
        await Expect(CardIn(board, "accepted", order).Locator(".step")).ToBeFocusedAsync();
        await board.Keyboard.PressAsync("Enter");
        await Expect(CardIn(board, "working", order)).ToBeVisibleAsync();
        await Expect(board.Locator("#told")).ToBeHiddenAsync();
    }

    /// <summary>Taps twice on the first "Collected". False where the taps were further apart than asked for.</summary>
    private async Task<bool> TapTwice(IPage board, int apart, bool touch)
    {
        var cards = board.Locator("#column-ready .order");
        var button = Button(cards.First, "Collected");
        await button.ScrollIntoViewIfNeededAsync();
        await Expect(Button(cards.Nth(1), "Collected")).ToBeVisibleAsync();
        var references = await cards.Locator(".ref").AllTextContentsAsync();
        var before = await ReadyOrders();
        await board.EvaluateAsync("""
            window.taps = [];
            window.noteTap ??= addEventListener('pointerdown', event => window.taps.push(event.timeStamp), true) ?? true;
            """);
        var box = await Box(button);
        var (x, y) = (box.X + box.Width / 2, box.Y + box.Height / 2);
        await Tap();
        await Task.Delay(apart);
        await Tap();
        var took = await board.EvaluateAsync<double>("window.taps[1] - window.taps[0]");
        if (took >= Settled.TotalMilliseconds - 50)
        {
            await board.Mouse.MoveAsync(5, 5);
            return false;
        }
        await Expect(board.Locator("#told")).ToHaveTextAsync(new Regex($"{references[0]}|{references[1]}"));
        await Expect(board.Locator($"#column-done .order[aria-label='Order {references[0]}']")).ToBeAttachedAsync();
        // A step that was taken by the second tap would be in the same circuit's queue before this one.
        var filter = board.GetByRole(AriaRole.Group, new() { Name = "Show" });
        await Button(filter, "Pickup").ClickAsync();
        await Expect(Button(filter, "Pickup")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal(before - 1, await ReadyOrders());
        return true;

        Task Tap() => touch ? board.Touchscreen.TapAsync(x, y) : board.Mouse.ClickAsync(x, y);
    }

    private async Task<int> ReadyOrders() =>
        (await App.As(StoreFlowApp.Owner).Get("/stores/1/orders?status=ready&limit=200")).Body.GetProperty("orders").GetArrayLength();

    private async Task<string> Status(long order) => (await App.As(StoreFlowApp.Owner).Get($"/orders/{order}")).Body.Text("status");

    private static async Task<(float X, float Y, float Width, float Height)> Box(ILocator locator)
    {
        var box = await locator.BoundingBoxAsync();
        return box is null ? default : (box.X, box.Y, box.Width, box.Height);
    }

    private static BrowserNewContextOptions Screen(int width, int height, bool touch) =>
        new() { ViewportSize = new() { Width = width, Height = height }, HasTouch = touch };
}
