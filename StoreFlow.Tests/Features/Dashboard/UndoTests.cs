using System.Text.Json;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A step that ends an order can be undone for a moment, and gets to the server whatever the clerk does next.</summary>
public sealed class UndoTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    // A line that is cut is written down by the browser.
    protected override bool IsExpected(string complaint) => !complaint.Contains("CSP");

    [SkippableFact]
    public async Task What_is_undone_never_happened()
    {
        var order = (await App.OrderIn("ready")).Number("id");
        var before = await App.Traces(order);
        var board = await Staff();
        var collected = Button(CardIn(board, "ready", order), "Collected");
        await collected.ClickAsync();
        await Expect(Bar(board)).ToContainTextAsync("Collected");
        await Expect(collected).ToHaveAttributeAsync("aria-busy", "true");
        await Button(Bar(board), "Undo").ClickAsync();
        await Expect(Bar(board)).ToBeHiddenAsync();
        await Expect(board.Locator("#told")).ToContainTextAsync("was not sent");
        await Expect(collected).Not.ToHaveAttributeAsync("aria-busy", "true");

        // A step that comes later shows that the first one is not merely late.
        await App.OrderIn("completed");
        await Expect(board.Locator("#column-done .order")).Not.ToHaveCountAsync(0);
        Assert.Equal(before, await App.Traces(order));
    }

    [SkippableFact]
    public async Task Without_an_undo_it_is_sent_and_only_then_shown_as_done()
    {
        var order = (await App.OrderIn("ready")).Number("id");
        var board = await Staff();
        await Button(CardIn(board, "ready", order), "Collected").ClickAsync();
        await Expect(Bar(board)).ToBeVisibleAsync();
        await Expect(CardIn(board, "ready", order)).ToBeVisibleAsync();
        await Expect(CardIn(board, "done", order)).ToBeVisibleAsync();
        await Expect(Bar(board)).ToBeHiddenAsync();
        Assert.Equal("completed", await StatusOf(order));
    }

    [SkippableFact]
    public async Task What_was_sent_as_the_page_closed_and_was_refused_is_told_by_the_next_page()
    {
        var order = await App.OrderIn("ready");
        var board = await Staff();
        await Button(CardIn(board, "ready", order.Number("id")), "Collected").ClickAsync();
        await Expect(Bar(board)).ToBeVisibleAsync();
        var (status, _) = await App.As(StoreFlowApp.Manager).Post(
            $"/orders/{order.Number("id")}/cancel", new { reason = "not_collected", version = order.Number("version") });
        Assert.Equal(200, status);
        await board.CloseAsync(new() { RunBeforeUnload = false });

        var next = await board.Context.NewPageAsync();
        await next.GotoAsync("/dashboard/1");
        await Expect(next.Locator("#told")).ToContainTextAsync("was not done");
    }

    [SkippableTheory]
    [InlineData("another step")]
    [InlineData("another page")]
    [InlineData("closes the page")]
    public async Task Who_goes_on_has_meant_it(string next)
    {
        var (order, other) = ((await App.OrderIn("ready")).Number("id"), (await App.OrderIn("in_progress")).Number("id"));
        var board = await Staff();
        var card = CardIn(board, "ready", order);
        await Expect(Card(board, other)).ToBeVisibleAsync();
        await Button(card, "Collected").ClickAsync();
        await Expect(Bar(board)).ToBeVisibleAsync();
        switch (next)
        {
            case "another step":
                await Button(CardIn(board, "working", other), "Ready").ClickAsync();
                await Expect(CardIn(board, "ready", other)).ToBeVisibleAsync();
                await Expect(Bar(board)).ToBeHiddenAsync();
                break;
            case "another page":
                await Card(board, other).Locator(".ref").ClickAsync();
                await Expect(board.Locator("h1")).ToBeVisibleAsync();
                break;
            default:
                await board.CloseAsync(new() { RunBeforeUnload = true });
                break;
        }
        await Eventually.Holds(async () => await StatusOf(order) == "completed", "The step never got to the server.");
    }

    [SkippableFact]
    public async Task Who_has_left_the_page_is_told_all_the_same_that_a_colleague_was_faster()
    {
        var (order, other) = ((await App.OrderIn("ready")).Number("id"), (await App.OrderIn("in_progress")).Number("id"));
        var (board, line) = await StaffOnASlowLine("/dashboard/1");
        await Expect(Card(board, other)).ToBeVisibleAsync();
        var collected = Button(CardIn(board, "ready", order), "Collected");
        await Expect(collected).ToBeVisibleAsync();
        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/complete");
        await line.Arrived("collected");
        await collected.ClickAsync();
        await Expect(Bar(board)).ToBeVisibleAsync();
        await Card(board, other).Locator(".ref").ClickAsync();
        line.Release();
        await Expect(board.Locator("#told")).ToContainTextAsync("was refused: Mina already handed this order over");
        await Expect(board.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_second_tap_where_the_undo_has_just_come_does_not_undo()
    {
        var order = (await App.OrderIn("ready")).Number("id");
        var board = await Staff();
        await Expect(Card(board, order)).ToBeVisibleAsync();
        // Both in one turn of the browser: however slow the machine, the second comes at once.
        await board.EvaluateAsync("""
            order => {
              document.querySelector(`#order-${order} [data-ends]`).click();
              document.querySelector('#undo button').dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));
            }
            """, order);
        await Expect(Bar(board)).ToBeVisibleAsync();
        await Eventually.Holds(async () => await StatusOf(order) == "completed", "The second tap undid the step.");
    }

    [SkippableFact]
    public async Task A_line_that_is_cut_at_that_moment_loses_nothing()
    {
        var order = (await App.OrderIn("ready")).Number("id");
        var board = await Staff();
        await Button(CardIn(board, "ready", order), "Collected").ClickAsync();
        await Expect(Bar(board)).ToBeVisibleAsync();
        await board.Context.SetOfflineAsync(true);
        await Expect(board.Locator("#connection")).ToBeVisibleAsync();
        await Expect(Bar(board)).ToBeVisibleAsync(); // it waits for a line, and can still be undone
        await board.Context.SetOfflineAsync(false);
        await Eventually.Holds(async () => await StatusOf(order) == "completed", "The step never got to the server.");
        await Expect(CardIn(board, "done", order)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_tapped_button_shows_that_it_waits_until_the_server_has_answered()
    {
        var order = (await App.PendingOrder()).Number("id");
        var (board, line) = await StaffOnASlowLine("/dashboard/1");
        var accept = Button(CardIn(board, "new", order), "Accept");
        await Expect(accept).ToBeVisibleAsync();
        line.Hold();
        await accept.ClickAsync();
        await Expect(accept).ToHaveAttributeAsync("aria-busy", "true");
        await Expect(CardIn(board, "new", order)).ToBeVisibleAsync();
        await line.Arrived("Start preparing");
        line.Release();
        await Expect(CardIn(board, "accepted", order)).ToBeVisibleAsync();
        await Expect(board.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Turning_down_can_be_undone_too()
    {
        var order = (await App.PendingOrder()).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        await page.Locator("#cancel summary").ClickAsync();
        await Button(page.Locator("#cancel"), "Closed").ClickAsync();
        await Expect(Bar(page)).ToContainTextAsync("Cancel:");
        await Button(Bar(page), "Undo").ClickAsync();
        await Button(page.Locator("#cancel"), "Too busy").ClickAsync();
        await Expect(page.Locator(".now")).ToContainTextAsync("cancelled");
        Assert.Equal("too_busy", (await Read(order)).Text("cancel_reason"));
    }

    private static ILocator Bar(IPage page) => page.Locator("#undo");

    private async Task<string> StatusOf(long order) => (await Read(order)).Text("status");

    private async Task<JsonElement> Read(long order) => (await App.As(StoreFlowApp.Owner).Get($"/orders/{order}")).Body;
}
