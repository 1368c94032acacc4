using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>The customers' pages and the slips in other languages, in a real browser.</summary>
public sealed class LanguagePageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task A_customer_changes_the_language_by_a_link_and_keeps_the_basket_up_to_the_orders_page()
    {
        await Speak("en", "de", "ar");
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await shop.GetByLabel("Sourdough loaf").FillAsync("3");
        await shop.GetByRole(AriaRole.Link, new() { Name = "Deutsch" }).ClickAsync();
        await Expect(shop.GetByRole(AriaRole.Heading, new() { Name = "Was darf es sein?" })).ToBeVisibleAsync();
        await Expect(shop.Locator("[data-sum]")).ToHaveTextAsync("Summe 14,40\u00A0€");
        await shop.GetByLabel("Bitte zusenden").CheckAsync();
        await Expect(shop.Locator("[data-sum]")).ToHaveTextAsync("Summe 19,30\u00A0€, davon 4,90\u00A0€ Versand");
        await shop.GetByLabel("Ich hole sie im Laden ab").CheckAsync();
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Jürgen");
        await shop.GetByLabel("E-Mail-Adresse").FillAsync("juergen@example.com");
        await shop.GetByRole(AriaRole.Button, new() { Name = "Zahlungspflichtig bestellen" }).ClickAsync();
        await Expect(shop.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Vielen Dank für Ihre Bestellung!");
        await Expect(shop.Locator("tfoot")).ToContainTextAsync("14,40\u00A0€");
    }

    [SkippableFact]
    public async Task A_page_in_Arabic_runs_from_right_to_left_and_stays_Arabic_when_there_is_news()
    {
        await Speak("en", "ar");
        var order = await App.OrderIn("accepted", "pickup");
        var page = await Device(new() { Locale = "ar-EG" });
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        var heading = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
        await Expect(heading).ToHaveTextAsync("المتجر قبل طلبك");
        Assert.Equal("rtl", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('h1')).direction"));
        // The first step stands right of its time, and its dot right of it.
        var (name, time) = ((await page.Locator(".steps span").First.BoundingBoxAsync())!,
            (await page.Locator("td.amount").First.BoundingBoxAsync())!);
        Assert.True(name.X > time.X);
        await App.Step(order, "start-preparation");
        await Expect(heading).ToHaveTextAsync("يجري تحضير طلبك");
    }

    [SkippableFact]
    public async Task Slips_are_in_the_stores_own_language()
    {
        await Speak("de", "en");
        var order = await App.PendingOrder();
        var page = await Staff(path: $"/dashboard/1/slips?orders={order.Number("id")}");
        var slip = page.Locator(".one-slip");
        await Expect(slip).ToHaveAttributeAsync("lang", "de");
        await Expect(slip).ToContainTextAsync("Abholung · bestellt am");
        await Expect(slip).ToContainTextAsync("Für Mia Chen");
        await Expect(slip.Locator(".total")).ToContainTextAsync("Summe");
        await Expect(slip.Locator(".total")).ToContainTextAsync("9,60\u00A0€");
        await page.GotoAsync($"/dashboard/1/orders/{order.Number("id")}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Artikel" })).ToBeVisibleAsync();

        await Speak("ar");
        await page.GotoAsync($"/dashboard/1/slips?orders={order.Number("id")}");
        await Expect(slip).ToHaveAttributeAsync("dir", "rtl");
        await Expect(slip.Locator(".total")).ToContainTextAsync("الإجمالي");
    }

    [SkippableFact]
    public async Task An_owner_chooses_the_languages_on_the_stores_page()
    {
        await Speak("en");
        var page = await Staff(Olga, "/dashboard/1/settings");
        await page.GetByLabel("Language of the shop").SelectOptionAsync("tr");
        await page.GetByLabel("Français").CheckAsync();
        await Button(page.Locator("main"), "Save").ClickAsync();
        await Expect(page.GetByText("Saved. The shop shows it at once.")).ToBeVisibleAsync();
        using var db = App.OpenDatabase();
        Assert.Equal("tr,en,fr", db.QuerySingle<string>("SELECT languages FROM stores WHERE id = 1"));
    }

    private async Task Speak(params string[] languages) =>
        Assert.Equal(200, (await App.As(StoreFlowApp.Owner).Patch("/merchant/stores/1", new { languages })).Status);
}
