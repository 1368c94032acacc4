using System.Text.Json;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Privacy;

/// <summary>The owner answers a customer's letter on a phone.</summary>
public sealed class PrivacyPageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task The_owner_looks_a_customer_up_takes_the_file_erases_and_sets_the_days()
    {
        var done = await App.OrderIn("completed");
        var open = await App.OrderIn("ready");
        var page = await Staff(Olga, "/dashboard/1/privacy", new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true });
        await Button(page.Locator("main"), "Look up").TapAsync();
        await Expect(page.Locator("#f-email-error")).ToContainTextAsync("needed");
        await page.GetByLabel("E-mail address").FillAsync("mia@example.com");
        await Button(page.Locator("main"), "Look up").TapAsync();
        await Expect(page.GetByText("2 orders of that customer")).ToBeVisibleAsync();
        await Expect(page.GetByText("not finished: it cannot be erased yet")).ToHaveCountAsync(1);

        await Button(page.Locator("main"), "Make a file of all that is kept").TapAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("Download customer.json").TapAsync());
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(await download.PathAsync()));
        Assert.Equal(2, file.RootElement.GetProperty("orders").GetArrayLength());

        await Button(page.Locator("main"), $"Erase {done.Text("reference")}").TapAsync();
        await Button(page.Locator("main"), "Yes, erase").TapAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Erased in 1 order.");
        await Expect(page.GetByText("Mia Chen")).ToHaveCountAsync(1);
        foreach (var (order, name) in new[] { (done, "erased"), (open, "Mia Chen") })
        {
            var (_, now) = await App.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}");
            Assert.Equal(name, now.GetProperty("customer").Text("name"));
        }

        var days = page.GetByLabel("Erase customers' data so many days");
        await days.FillAsync("0");
        await Button(page.Locator("main"), "Save").TapAsync();
        await Expect(page.Locator("#f-erase_after_days-error")).ToContainTextAsync("from 1 to 3650");
        await days.FillAsync("365");
        await Button(page.Locator("main"), "Save").TapAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("more than 365 days ago");
        await page.GotoAsync($"/dashboard/1/orders/{done.Number("id")}");
        await Expect(page.GetByText("Personal data were erased on")).ToBeVisibleAsync();
        await page.GotoAsync("/dashboard/1/changes");
        await Expect(page.GetByText(done.Text("reference"))).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_is_not_for_a_manager()
    {
        var page = await Staff(Mina, "/dashboard/1/privacy");
        await Expect(page.GetByText("This is for the owner")).ToBeVisibleAsync();
    }
}
