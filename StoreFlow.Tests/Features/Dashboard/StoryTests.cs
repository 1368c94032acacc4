using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>An order from checkout to the end in two windows: the clerk's board and the customer's page, live without a reload.</summary>
public sealed class StoryTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task A_pickup_order_goes_from_the_shop_to_the_counter()
    {
        var board = await Staff();
        await board.Locator("[data-sound]").ClickAsync();
        await Expect(board.Locator("[data-sound]")).ToHaveTextAsync("Sound on");
        var customer = await Device(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var reference = await Order(customer, async shop => await shop.GetByLabel("Sourdough loaf").FillAsync("2"));
        await Expect(customer.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Thank you for your order!");
        await MarkWindows(board, customer);

        var card = board.GetByRole(AriaRole.Article, new() { Name = $"Order {reference}" });
        await Expect(board.Locator("#column-new").Locator(card)).ToBeVisibleAsync();
        await Expect(card).ToContainTextAsync("Mia");
        await Expect(card).ToContainTextAsync("Pickup");
        await Expect(card).ToContainTextAsync("2 × Sourdough loaf");
        await Expect(card).ToHaveClassAsync("order fresh");
        await Expect(board.GetByRole(AriaRole.Status)).ToHaveTextAsync($"New order {reference} for Pickup.");
        await Expect(board).ToHaveTitleAsync("(1) Orders · StoreFlow");
        await Expect(board.Locator("html")).ToHaveAttributeAsync("data-chimes", "1");

        await Take("Accept", "accepted", "The shop has your order");
        await Take("Start preparing", "working", "Your order is being prepared");
        await Take("Ready", "ready", "Your order is ready!");
        var shown = customer.Locator(".reference strong");
        await Expect(shown).ToHaveTextAsync(reference);
        Assert.True(
            await shown.EvaluateAsync<double>("big => parseFloat(getComputedStyle(big).fontSize)") >= 40,
            "The reference is to be read out at the counter.");
        await Take("Collected", "done", "Enjoy your order!");

        await Expect(card.Locator(".step")).ToHaveCountAsync(0);
        await Expect(customer.Locator(".steps .reached time")).ToHaveCountAsync(4);
        await AssertNoReload(board, customer);

        async Task Take(string step, string column, string headline)
        {
            await Button(card, step).ClickAsync();
            await Expect(board.Locator($"#column-{column}").Locator(card)).ToBeVisibleAsync();
            await Expect(customer.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(headline);
            await Expect(customer.GetByRole(AriaRole.Status)).ToHaveTextAsync(headline);
        }
    }

    [SkippableFact]
    public async Task A_shipping_order_goes_from_the_shop_to_the_door()
    {
        var board = await Staff();
        var customer = await Device(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var reference = await Order(customer, async shop =>
        {
            await shop.GetByLabel("Forest honey, 500 g").FillAsync("1");
            await shop.GetByLabel("Send it to me").CheckAsync();
            await shop.GetByLabel("Street and number").FillAsync("Quay Street 5");
            await shop.GetByLabel("Postal code").FillAsync("20457");
            await shop.GetByLabel("Town or city").FillAsync("Hamburg");
            await shop.GetByLabel("Country").SelectOptionAsync("Germany");
        });
        await MarkWindows(board, customer);
        var headline = customer.GetByRole(AriaRole.Heading, new() { Level = 1 });
        var card = board.GetByRole(AriaRole.Article, new() { Name = $"Order {reference}" });

        await Button(card, "Accept").ClickAsync();
        await Expect(headline).ToHaveTextAsync("The shop has your order");
        await Button(card, "Start packing").ClickAsync();
        await Expect(headline).ToHaveTextAsync("Your order is being packed");

        await card.Locator("a.step:not([data-settling])").ClickAsync();
        await board.GetByText("With a link, or more about this order").ClickAsync();
        await Expect(board.GetByRole(AriaRole.Heading, new() { Name = "Ship", Exact = true })).ToBeInViewportAsync();
        await Expect(Button(board.Locator("#ship"), "Mark as shipped")).ToBeDisabledAsync();
        await board.GetByLabel("Tracking code").FillAsync("1Z-999");
        await Expect(board.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://carrier.example/t/1Z-999");
        await Button(board.Locator("#ship"), "Mark as shipped").ClickAsync();

        await Expect(headline).ToHaveTextAsync("Your order has shipped!");
        await Expect(customer).ToHaveTitleAsync($"{reference} · Corner Market Harbour");
        await Expect(customer.Locator("main")).ToContainTextAsync("The parcel is on its way to Hamburg.");
        await Expect(customer.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" }))
            .ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-999");
        await Expect(customer.Locator("main")).Not.ToContainTextAsync("Quay Street");

        await Button(board.Locator("main"), "Delivered").ClickAsync();
        await Expect(headline).ToHaveTextAsync("Your order was delivered");
        await Expect(board.Locator(".timeline li")).ToContainTextAsync(
        [
            "Customer placed this order", "Sam accepted this order", "Sam started packing this order", "Sam shipped this order",
            "Sam marked this order delivered",
        ]);
        await AssertNoReload(board, customer);
    }

    /// <summary>Orders in the shop as Mia, stays on the page that she is led to, and answers the reference that it shows.</summary>
    private static async Task<string> Order(IPage shop, Func<IPage, Task> fill)
    {
        await shop.GotoAsync("/shop/1");
        await fill(shop);
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Mia Chen");
        await shop.GetByLabel("E-mail address").FillAsync("mia@example.com");
        await Button(shop.Locator("main"), "Place the order").ClickAsync();
        await Expect(shop).ToHaveURLAsync(new Regex("/track/"));
        await Expect(shop.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Thank you for your order!");
        return (await shop.TitleAsync()).Split(' ')[0];
    }

    // A reload would make a new window object.
    private static async Task MarkWindows(params IPage[] pages)
    {
        foreach (var page in pages)
            await page.EvaluateAsync("window.sameAsBefore = true");
    }

    private static async Task AssertNoReload(params IPage[] pages)
    {
        foreach (var page in pages)
            Assert.True(await page.EvaluateAsync<bool>("window.sameAsBefore === true"), $"{page.Url} was loaded anew.");
    }
}
