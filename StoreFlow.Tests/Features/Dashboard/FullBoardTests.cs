using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A day on which hundreds of orders wait: the board shows what fits, and more on request.</summary>
public sealed class FullBoardTests(FullBoardTests.BusyDay shop) : PageTest(shop), IClassFixture<FullBoardTests.BusyDay>
{
    private const int Waiting = 300;

    /// <summary>Store 1 with 300 orders in one column.</summary>
    public sealed class BusyDay : StoreFlowApp, IAsyncLifetime
    {
        public async Task InitializeAsync()
        {
            foreach (var chunk in Enumerable.Range(0, Waiting).Chunk(20))
                await Task.WhenAll(chunk.Select(_ => As(null).Post("/checkout", Scenarios.CheckoutBody())));
        }

        Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;
    }

    [SkippableFact]
    public async Task A_column_shows_a_page_and_more_on_scroll()
    {
        var board = await Staff(options: new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var cards = board.Locator("#column-new .order");
        await Expect(cards).ToHaveCountAsync(30);
        await Expect(board.Locator("#column-new h2")).ToContainTextAsync("300");
        await Expect(cards.First.Locator(".age")).Not.ToBeEmptyAsync();

        var more = board.Locator("#column-new").GetByRole(AriaRole.Button, new() { Name = "Show more" });
        await more.ScrollIntoViewIfNeededAsync();
        await Expect(cards.Nth(59)).ToBeAttachedAsync();
        Assert.True(await cards.CountAsync() < Waiting, "All of them at once would make a tablet crawl.");
    }

    [SkippableFact]
    public async Task On_a_phone_more_is_shown_by_a_button()
    {
        var board = await Staff(options: new() { ViewportSize = new() { Width = 390, Height = 800 } });
        var cards = board.Locator("#column-new .order");
        await Expect(cards).ToHaveCountAsync(30);
        var more = board.Locator("#column-new").GetByRole(AriaRole.Button, new() { Name = "Show more" });
        await more.ClickAsync();
        await Expect(cards).ToHaveCountAsync(60);
    }

    [SkippableFact]
    public async Task A_page_that_is_worked_off_fills_up_again()
    {
        var board = await Staff(options: new() { ViewportSize = new() { Width = 390, Height = 800 } });
        var cards = board.Locator("#column-new .order");
        await Expect(cards).ToHaveCountAsync(30);
        for (var i = 0; i < 2; i++)
        {
            var first = await cards.First.GetAttributeAsync("id");
            await Button(cards.First, "Accept").ClickAsync();
            await Expect(board.Locator($"#column-accepted #{first}")).ToBeAttachedAsync();
        }
        await Expect(cards).ToHaveCountAsync(30);
    }

    [SkippableFact]
    public async Task What_was_done_today_is_shown_latest_first_and_does_not_pile_up()
    {
        var board = await Staff(Olga, "/dashboard/2", new() { ViewportSize = new() { Width = 390, Height = 800 } });
        var done = board.Locator("#column-done .order");
        await Expect(done).ToHaveCountAsync(0);
        await ShowColumn(board, "done");
        var last = "";
        for (var i = 0; i < 31; i++)
        {
            var order = await App.PendingOrder(store: 2);
            await App.As(StoreFlowApp.Owner).Post(
                $"/orders/{order.Number("id")}/override", new { status = "completed", reason = "Sold at the counter" });
            last = $"order-{order.Number("id")}";
        }
        await Expect(done.First).ToHaveIdAsync(last);
        await Expect(done).ToHaveCountAsync(30);
        await board.Locator("#column-done").GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync();
        await Expect(done).ToHaveCountAsync(31);
    }
}
