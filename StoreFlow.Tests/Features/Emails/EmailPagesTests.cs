using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>The owner's page of e-mails and the order's panel, by hand in a real browser.</summary>
public sealed class EmailPagesTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true };

    [Fact]
    public async Task The_owner_switches_e_mails_on_words_one_anew_and_staff_see_what_became_of_it()
    {
        var page = await Staff(Olga, "/dashboard/1/emails", Phone);
        await Expect(page.GetByText("Nothing leaves the house.")).ToBeVisibleAsync();
        await Expect(page.GetByText("StoreFlow:PublicUrl is missing")).ToBeVisibleAsync();
        await Press(page, "Switch on").TapAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "E-mails are switched on" })).ToBeVisibleAsync();

        await Press(page, "Words of Order received").TapAsync();
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Moin {nmae}");
        await Press(page, "Preview").TapAsync();
        await Expect(page.Locator("#f-wordings-order_received-text-error")).ToContainTextAsync("There is no {nmae} in this message.");
        await Expect(page.Locator("iframe")).ToHaveCountAsync(0);
        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Moin {name} <b>dort</b>\n\n{items}");
        await Press(page, "Preview").TapAsync();
        await Expect(page.FrameLocator("iframe").GetByText("Moin Ada <b>dort</b>")).ToBeVisibleAsync();
        await Expect(page.FrameLocator("iframe").GetByText("2 × Sourdough loaf: €9.60")).ToBeVisibleAsync();
        await Press(page, "Save").TapAsync();
        await Expect(page.GetByText("your own words")).ToBeVisibleAsync();

        var order = await App.PendingOrder();
        var staff = await Staff(Mina, $"/dashboard/1/orders/{order.Number("id")}", Phone);
        var kept = staff.GetByText("kept as a file, not sent");
        await Eventually.Holds(async () => await kept.CountAsync() == 1, "The order's page does not tell.");
        await Press(staff, "Send again: Order received").TapAsync();
        await Eventually.Holds(async () => await kept.CountAsync() == 2, "It is not sent again.");

        await Press(page, "Send a test").TapAsync();
        await Expect(page.GetByText("was kept as a file. Nothing has left the house.")).ToBeVisibleAsync();
        await Tap(page, "What was sent");
        var sent = page.Locator("section[aria-labelledby=sent] li").Filter(new() { HasText = "kept as a file" });
        await Expect(sent).ToHaveCountAsync(2);
        await Press(page, "Send again: Order received", exact: false).First.TapAsync();
        await Eventually.Holds(async () => await sent.CountAsync() == 3, "The list does not tell.");
        await Tap(page, "Back");
        await Tap(page, "Switch off");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "E-mails are switched off" })).ToBeVisibleAsync();
        await Press(staff, "Look again").TapAsync();
        await Expect(staff.GetByText("The owner has switched the e-mails of this store off.")).ToBeVisibleAsync();
        await Expect(staff.GetByRole(AriaRole.Button, new() { Name = "Send again" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_manager_does_not_see_the_page()
    {
        var page = await Staff(Mina, "/dashboard/1/emails");
        await Expect(page.GetByText("This is for the owner")).ToBeVisibleAsync();
    }

    // A tap just after the page has moved does nothing, and the page says so: then a person taps once more.
    private static async Task Tap(IPage page, string name)
    {
        var told = page.Locator("#told");
        for (var taps = 0; taps < 5; taps++)
        {
            await Press(page, name).TapAsync();
            if (!await told.IsVisibleAsync())
                return;
            await Expect(told).ToBeHiddenAsync();
        }
    }

    // A button that was drawn under the finger a moment ago takes no tap yet.
    private static ILocator Press(IPage page, string name, bool exact = true) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = exact }).And(page.Locator(":not([data-settling])"));
}
