using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>The pages of a day: busy, paused and sold out, and what the day was like.</summary>
public sealed class DayPagesTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    // The shop's refusal is a 409.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    [SkippableFact]
    public async Task A_pause_is_one_tap_and_the_shop_says_so_at_once()
    {
        var shop = await Device();
        await shop.GotoAsync("/shop/2");
        await shop.GetByLabel("Rye loaf").FillAsync("1");
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Late Lou");
        await shop.GetByLabel("E-mail address").FillAsync("lou@example.com");

        var page = await Staff(Olga, "/dashboard/2/service");
        await Button(page.Locator("main"), "For 30 min").ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("The store takes no new orders until");
        await shop.GetByRole(AriaRole.Button, new() { Name = "Place the order" }).ClickAsync();
        await Expect(shop.GetByRole(AriaRole.Alert)).ToContainTextAsync("takes no new orders until");
        await Expect(shop.GetByRole(AriaRole.Button, new() { Name = "Place the order" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "← Board" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Paused until" }).ClickAsync();
        await Button(page.Locator("main"), "Take orders again").ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Olga ended the pause");
        await shop.GotoAsync("/shop/2");
        await Expect(shop.GetByRole(AriaRole.Button, new() { Name = "Place the order" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_product_is_sold_out_with_two_taps()
    {
        var board = await Staff();
        await board.GetByRole(AriaRole.Link, new() { Name = "Busy, pause, sold out" }).ClickAsync();
        await Button(board.Locator("main"), "Sold out today: Mint tea").ClickAsync();
        await Expect(board.Locator(".products")).ToContainTextAsync("sold out until");
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await Expect(shop.GetByLabel("Sourdough loaf")).ToBeVisibleAsync();
        await Expect(shop.GetByLabel("Mint tea")).ToHaveCountAsync(0);
        await Button(board.Locator("main"), "Back on sale: Mint tea").ClickAsync();
        await Expect(board.Locator(".products")).Not.ToContainTextAsync("sold out until");
    }

    [SkippableFact]
    public async Task An_order_by_phone_is_taken_without_an_email_and_opens_at_once()
    {
        var board = await Staff();
        await board.GetByText("More", new() { Exact = true }).ClickAsync();
        await board.GetByRole(AriaRole.Link, new() { Name = "Take an order" }).ClickAsync();
        await Expect(board.GetByText("Taken by Sam")).ToBeVisibleAsync();
        await board.GetByLabel("One more").First.ClickAsync();
        await board.GetByLabel("One more").First.ClickAsync();
        await Expect(board.Locator("[data-sum]")).ToHaveTextAsync("Total €9.60");
        await board.GetByLabel("Name", new() { Exact = true }).FillAsync("Mr Fox");
        await board.GetByRole(AriaRole.Button, new() { Name = "Place the order" }).ClickAsync();
        await Expect(board.Locator(".timeline")).ToContainTextAsync("Sam placed this order");
        await Expect(board.Locator("main")).ToContainTextAsync("Mr Fox");
        await Expect(board.GetByText("/track/")).ToBeVisibleAsync(); // to read out
    }

    [SkippableFact]
    public async Task The_figures_of_a_day_are_on_the_board_and_on_their_page()
    {
        await App.OrderIn("completed", store: 2);
        await App.OrderIn("cancelled", store: 2);
        var page = await Staff(Olga, "/dashboard/2");
        await page.GetByRole(AriaRole.Link, new() { Name = "Today €10.20 · 1 order" }).ClickAsync();
        await Expect(page.Locator(".tiles")).ToContainTextAsync("€10.20");
        await Expect(page.Locator("main")).ToContainTextAsync("The customer asked");
        await Expect(page.Locator(".chart svg").First).ToBeVisibleAsync();
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByText("CSV for a spreadsheet").ClickAsync());
        Assert.StartsWith("figures-", file.SuggestedFilename);
        await page.GetByRole(AriaRole.Button, new() { Name = "← Earlier" }).ClickAsync();
        await Expect(page.Locator(".tiles")).ToContainTextAsync("€0.00");
    }

    [SkippableFact]
    public async Task Staff_see_no_takings()
    {
        var board = await Staff(Sam, "/dashboard/1/figures");
        await Expect(board.Locator("h1")).ToHaveTextAsync("The figures are for managers and the owner");
        await board.GotoAsync("/dashboard/1");
        await Expect(board.Locator(".tools")).ToBeVisibleAsync();
        await Expect(board.GetByText("Today €")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_basket_outlives_a_reload_and_an_order_that_was_placed_does_not_come_back()
    {
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await shop.GetByLabel("Cinnamon bun").FillAsync("3");
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Bo Basket");
        await shop.GetByLabel("E-mail address").FillAsync("bo@example.com");
        await shop.ReloadAsync();
        await Expect(shop.GetByLabel("Cinnamon bun")).ToHaveValueAsync("3");
        await Expect(shop.Locator("[data-sum]")).ToHaveTextAsync("Total €8.70");
        await shop.GetByRole(AriaRole.Button, new() { Name = "Place the order" }).ClickAsync();
        await Expect(shop.Locator("h1")).ToHaveTextAsync("Thank you for your order!");
        await shop.GotoAsync("/shop/1");
        await Expect(shop.GetByLabel("Cinnamon bun")).ToHaveValueAsync("");
        using var db = App.OpenDatabase();
        Assert.Equal(1, db.ExecuteScalar<int>("SELECT COUNT(*) FROM orders WHERE customer_email = 'bo@example.com'"));
    }
}
