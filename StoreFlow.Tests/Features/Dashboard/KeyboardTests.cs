using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>Everything that a clerk does in a day works without a pointer.</summary>
public sealed class KeyboardTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task From_sign_in_to_ready_with_keys_only()
    {
        var order = await App.PendingOrder();
        var page = await Device();
        await page.GotoAsync("/dashboard/1");
        await Expect(page.GetByLabel("E-mail address")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Sam);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync($"{Address}dashboard/1");

        var card = Card(page, order.Number("id"));
        await Expect(card).ToBeVisibleAsync();
        await TabTo(page, Button(card, "Accept"));
        foreach (var (next, column) in new[] { ("Start preparing", "accepted"), ("Ready", "working"), ("Collected", "ready") })
        {
            await AssertFocusIsSeen(page);
            await page.Keyboard.PressAsync("Enter");
            await Expect(CardIn(page, column, order.Number("id"))).ToBeVisibleAsync();
            await Expect(Button(card, next)).ToBeFocusedAsync();
        }
        Assert.Equal("ready", (await App.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}")).Body.Text("status"));
    }

    [SkippableFact]
    public async Task On_the_orders_page_the_focus_stays_with_the_steps()
    {
        var order = (await App.PendingOrder()).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        var steps = page.Locator(".order-page .steps");
        await TabTo(page, Button(steps, "Accept"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(Button(steps, "Start preparing")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(Button(steps, "Ready")).ToBeFocusedAsync();
    }

    [SkippableFact]
    public async Task Somebody_elses_step_takes_the_focus_along_with_the_card()
    {
        var order = (await App.PendingOrder()).Number("id");
        var board = await Staff();
        await Button(Card(board, order), "Accept").FocusAsync();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/accept");
        await Expect(Button(CardIn(board, "accepted", order), "Start preparing")).ToBeFocusedAsync();
    }

    private static async Task TabTo(IPage page, ILocator target)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("it => it === document.activeElement"))
                return;
            await AssertFocusIsSeen(page);
        }
        Assert.Fail("Tab does not get there.");
    }

    private static async Task AssertFocusIsSeen(IPage page) => Assert.Equal("", await page.EvaluateAsync<string>("""
        () => {
          const it = document.activeElement, box = it.getBoundingClientRect();
          if (it === document.body) return '';
          const style = getComputedStyle(it), border = it.parentElement.querySelector(':scope > .mud-input-outlined-border');
          const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            || border && parseFloat(getComputedStyle(border).borderTopWidth) >= 3;
          const seen = ringed && box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight;
          return seen ? '' : `No focus is seen on ${it.outerHTML.slice(0, 200)}`;
        }
        """));
}
