using Dapper;
using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>What strangers write is shown as text, and only a web address becomes a link.</summary>
public sealed class TextFromOutsideTests(EveryPage shop) : PageTest(shop), IClassFixture<EveryPage>
{
    // The pages that answer 400, 401 or 404.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    [SkippableFact]
    public async Task A_script_in_a_name_stays_text_on_every_page()
    {
        var page = await Device();
        await SignIn(page.Context, Olga);
        foreach (var name in EveryPage.Names)
        {
            await shop.Open(page, name, _ => Task.CompletedTask);
            Assert.DoesNotContain("owned", await page.TitleAsync());
            await Expect(page.Locator("img[onerror]")).ToHaveCountAsync(0);
            await Expect(page.Locator("main script")).ToHaveCountAsync(0);
            if (name is "board" or "order shipping" or "track shipping" or "shop")
                await Expect(page.Locator("main")).ToContainTextAsync("<script>document.title='owned'</script>");
        }
    }

    [SkippableFact]
    public async Task An_address_that_is_no_web_address_never_becomes_a_link()
    {
        var order = await App.OrderIn("shipped", "shipping");
        using (var db = App.OpenDatabase())
            // The API refuses it. A row of an older version or of another program may still have one.
            db.Execute(
                "UPDATE orders SET tracking_url = 'javascript:document.title=1', version = version + 1 WHERE id = @id",
                new { id = order.Number("id") });

        var page = await Staff(Olga, $"/dashboard/1/orders/{order.Number("id")}");
        await Expect(page.Locator("main")).ToContainTextAsync("1Z-999");
        await Expect(page.Locator("a[href^=javascript]")).ToHaveCountAsync(0);
        await page.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(page.Locator("main")).ToContainTextAsync("1Z-999");
        await Expect(page.Locator("a[href^=javascript]")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" })).ToHaveCountAsync(0);
    }
}
