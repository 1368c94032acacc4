using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>The staff pages in German, in a real browser.</summary>
public sealed class StaffLanguagePageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static BrowserNewContextOptions FromGermany => new() { Locale = "de-DE" };

    [SkippableFact]
    public async Task A_browser_that_asks_for_German_gets_it_until_the_link_says_another_language()
    {
        var page = await Device(FromGermany);
        await page.GotoAsync("/login");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Anmelden" })).ToBeVisibleAsync();

        await SignIn(page.Context, Sam);
        await page.GotoAsync("/dashboard/1");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(page.Locator("#column-new").GetByRole(AriaRole.Heading, new() { Name = "Neu" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        await IsEnglish(page);
        await page.ReloadAsync();
        await IsEnglish(page);
        await page.GotoAsync("/dashboard/1");
        await IsEnglish(page);
    }

    [SkippableFact]
    public async Task A_link_to_a_language_keeps_what_the_page_shows()
    {
        var order = (await App.PendingOrder()).Number("id");
        var page = await Device(FromGermany);
        await SignIn(page.Context, Sam);
        await page.GotoAsync($"/dashboard/1/slips?orders={order}");
        await Expect(page.Locator(".one-slip")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.Locator(".one-slip")).ToHaveCountAsync(1);
    }

    [SkippableFact]
    public async Task A_step_is_taken_in_German_and_who_was_faster_is_told_in_German()
    {
        var order = (await App.PendingOrder()).Number("id");
        var page = await Device(FromGermany);
        var line = await HeldNews.On(page);
        await SignIn(page.Context, Sam);
        await page.GotoAsync("/dashboard/1");
        await Button(CardIn(page, "new", order), "Annehmen").ClickAsync();
        await Expect(CardIn(page, "accepted", order)).ToBeVisibleAsync();

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/start-preparation");
        await line.Arrived("Fertig");
        await Button(CardIn(page, "accepted", order), "Zubereitung beginnen").ClickAsync();
        line.Release();
        await Expect(CardIn(page, "working", order).Locator(".conflict")).ToContainTextAsync("Mina hat");
        await Expect(CardIn(page, "working", order).Locator(".conflict")).ToContainTextAsync(
            "schon mit der Zubereitung dieser Bestellung begonnen.");
    }

    private static async Task IsEnglish(IPage page)
    {
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.Locator("#column-new").GetByRole(AriaRole.Heading, new() { Name = "New" })).ToBeVisibleAsync();
    }
}
