using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Management;

/// <summary>The pages of managing in a real browser, by hand, while others manage too.</summary>
public sealed class ManagePagesTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true };

    [Fact]
    public async Task A_manager_adds_a_product_on_a_phone_and_changes_its_price()
    {
        var page = await Staff(Mina, "/dashboard/1/products", Phone);
        await Press(page, "Add a product").TapAsync();
        await page.GetByLabel("Name").FillAsync("Poppy cake");
        await page.GetByLabel("SKU").FillAsync("CAKE-POPPY");
        await page.GetByLabel("Price in EUR").FillAsync("twelve");
        await Save(page);
        await Expect(page.GetByText("This has to be an amount, as in 12.34.", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("Poppy cake"); // what was typed stays
        await page.GetByLabel("Price in EUR").FillAsync("12,50");
        await Save(page);
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Poppy cake is saved.");

        await Press(page, "Edit Poppy cake").TapAsync();
        await page.GetByLabel("Price in EUR").FillAsync("13");
        await Save(page);
        await Expect(page.Locator("li", new() { HasText = "Poppy cake" })).ToContainTextAsync("€13.00");
        Assert.Contains("Poppy cake", await App.As(null).GetStringAsync("/shop/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_edit_one_product_the_second_sees_what_the_first_saved_beside_what_they_typed()
    {
        var (first, second) = (await Staff(Mina, "/dashboard/1/products"), await Staff(Olga, "/dashboard/1/products"));
        foreach (var page in new[] { first, second })
            await Press(page, "Edit Mint tea, 20 bags").ClickAsync();
        await first.GetByLabel("Price in EUR").FillAsync("4.50");
        await first.GetByLabel("Category").FillAsync("Tea");
        await Save(first);
        await Expect(first.GetByRole(AriaRole.Status).First).ToContainTextAsync("saved");

        await second.GetByLabel("Price in EUR").FillAsync("4.60");
        await Save(second);

        await Expect(second.GetByText("Mina changed this")).ToBeVisibleAsync();
        await Expect(second.GetByText("Somebody else has saved: 4.50")).ToBeVisibleAsync();
        await Expect(second.GetByLabel("Price in EUR")).ToHaveValueAsync("4.60");
        await Expect(second.GetByLabel("Category")).ToHaveValueAsync("Tea"); // not typed in here: theirs
        await Save(second);
        await Expect(second.Locator("li", new() { HasText = "Mint tea" })).ToContainTextAsync("€4.60");
    }

    [Fact]
    public async Task A_csv_is_shown_before_anything_changes_and_a_bad_one_names_its_row()
    {
        var page = await Staff(Olga, "/dashboard/2/products");
        await Choose(page, "sku,name,price\nNEW-A,Apple cake,9.90\nNEW-B,Berry cake,much\n");
        await Expect(page.GetByText("row 3: price")).ToBeVisibleAsync();
        await Choose(page, "sku,name,price\nNEW-A,Apple cake,9.90\nBREAD-RYE,Rye loaf,5.30\n");
        await Expect(page.GetByText("price: €5.10 → €5.30")).ToBeVisibleAsync();
        Assert.DoesNotContain("Apple cake", await App.As(null).GetStringAsync("/shop/2"), StringComparison.Ordinal);
        await Press(page, "Import them").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("2 products made or changed");
        Assert.Contains("Apple cake", await App.As(null).GetStringAsync("/shop/2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owner_sets_opening_hours_and_the_shop_keeps_them()
    {
        var page = await Staff(Olga, "/dashboard/2/settings");
        await page.GetByLabel("Time zone").FillAsync("Moon/Base");
        await page.GetByLabel("Always open").UncheckAsync();
        var hours = page.Locator("section", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Opening hours" }) });
        await hours.GetByLabel("Monday").FillAsync("08:00-12:00, 13:00-18:00");
        await hours.GetByLabel("Other days").FillAsync("2026-12-25 closed");
        await hours.GetByLabel("Other days").BlurAsync();
        await Save(page);
        await Expect(page.Locator("#f-time_zone-error")).ToBeVisibleAsync();
        await page.GetByLabel("Time zone").FillAsync("Europe/Berlin");
        await Save(page);
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Saved.");

        using var db = App.OpenDatabase();
        Assert.Equal(
            """{"mon":["08:00-12:00","13:00-18:00"],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[],"sun":[],"2026-12-25":[]}""",
            db.ExecuteScalar<string>("SELECT opening_hours FROM stores WHERE id = 2"));
        db.Execute("UPDATE stores SET opening_hours = NULL WHERE id = 2");
    }

    [Fact]
    public async Task Somebody_is_invited_on_the_page_and_comes_in_by_the_link()
    {
        var page = await Staff(Olga, "/dashboard/1/people");
        await Press(page, "Invite somebody").ClickAsync();
        await page.GetByLabel("Name").FillAsync("Kim");
        await page.GetByLabel("E-mail address").FillAsync("kim@pages.example");
        await Press(page, "Invite").ClickAsync();
        var link = await page.GetByLabel("The link").InputValueAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await Press(page, "Copy").ClickAsync();
        await Expect(Press(page, "Copied")).ToBeVisibleAsync();
        Assert.Equal(link, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        var kim = await Device(Phone);
        await kim.GotoAsync(new Uri(link).PathAndQuery);
        await kim.GetByLabel("Choose a password").FillAsync("a password of Kim");
        await kim.GetByLabel("A PIN").FillAsync("4711");
        await Press(kim, "Save and sign in").TapAsync();
        await Expect(kim.Locator(".columns")).ToBeVisibleAsync();
        await Expect(kim.GetByRole(AriaRole.Link, new() { Name = "Manage" })).ToHaveCountAsync(0); // staff manage nothing

        await Press(page, "Done").ClickAsync();
        await page.ReloadAsync();
        await Expect(page.Locator("li", new() { HasText = "kim@pages.example" })).ToContainTextAsync("PIN");
    }

    [Fact]
    public async Task A_token_is_revoked_only_after_the_page_has_asked()
    {
        var page = await Staff(Olga, "/dashboard/1/tokens", Phone);
        await page.GetByLabel("What it is for").FillAsync("old till");
        await Press(page, "Make the token").TapAsync();
        var token = App.As(await page.GetByLabel("The token", new() { Exact = true }).InputValueAsync());
        await Press(page, "Done").TapAsync();
        await Expect(page.GetByLabel("The token", new() { Exact = true })).ToHaveCountAsync(0); // the list moves up once it is gone
        var row = page.Locator("li", new() { HasText = "old till" });

        await Press(page, "Revoke old till").TapAsync();
        await Press(page, "Keep").TapAsync();
        Assert.Equal(200, (await token.Get("/stores/1/orders")).Status);

        await Press(page, "Revoke old till").TapAsync();
        await Press(page, "Yes, revoke").TapAsync();
        await Expect(row).ToContainTextAsync("revoked");
        Assert.Equal(401, (await token.Get("/stores/1/orders")).Status);
    }

    [Fact]
    public async Task A_store_with_many_products_finds_one_by_its_name()
    {
        var rows = string.Concat(Enumerable.Range(1, 120).Select(i => $"MANY-{i:000},Sort {i:000},1.00\n"));
        var page = await Staff(Olga, "/dashboard/2/products", Phone);
        await Choose(page, $"sku,name,price\n{rows}");
        await Press(page, "Import them").TapAsync();
        await Expect(page.GetByText("the first 100 are shown")).ToBeVisibleAsync();
        await page.GetByLabel("Search by name").FillAsync("sort 117");
        await Expect(page.Locator(".rows li")).ToHaveCountAsync(1);
        await Press(page, "Edit Sort 117").TapAsync();
        await Expect(page.GetByLabel("SKU")).ToHaveValueAsync("MANY-117");
    }

    [Fact]
    public async Task The_bookkeeper_gets_the_orders_of_some_days()
    {
        var page = await Staff(Olga, "/dashboard/1/settings");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Orders as CSV" });
        await page.GetByLabel("From").FillAsync("2026-11-02");
        await page.GetByLabel("to", new() { Exact = true }).FillAsync("2026-11-01");
        await page.GetByLabel("to", new() { Exact = true }).BlurAsync();
        await Expect(page.GetByText("The first day is later than the last one.")).ToBeVisibleAsync();
        await Expect(link).ToHaveCountAsync(0);
        await page.GetByLabel("to", new() { Exact = true }).FillAsync("2026-11-03");
        await page.GetByLabel("to", new() { Exact = true }).BlurAsync();
        await Expect(link).ToHaveAttributeAsync("href", "/merchant/stores/1/orders.csv?from=2026-11-02&to=2026-11-03");
    }

    [Fact]
    public async Task The_owner_adds_a_web_hook_sees_why_nothing_arrives_and_switches_it_off()
    {
        var url = $"https://{Dns.GetHostName()}/hooks"; // its own network: refused once DNS has answered
        var page = await Staff(Olga, "/dashboard/1/webhooks", Phone);
        await Press(page, "Add a web hook").TapAsync();
        await page.GetByLabel("Address of the receiver").FillAsync("http://127.0.0.1:9/");
        await Save(page);
        await Expect(page.Locator("#f-url-error")).ToContainTextAsync("https://");
        await page.GetByLabel("Address of the receiver").FillAsync(url);
        await Save(page);
        await Expect(page.GetByLabel("The secret", new() { Exact = true })).ToHaveValueAsync(new Regex("^whsec_"));
        await Press(page, "Done").TapAsync();

        await App.PendingOrder();
        await Press(page, $"Sent to {url}").TapAsync();
        await Eventually.Holds(async () =>
        {
            await Press(page, "Look again").TapAsync();
            return await page.GetByText("private network").CountAsync() > 0;
        }, "The page does not tell why.");
        await Press(page, "Back").TapAsync();
        await Press(page, $"Switch {url} off").TapAsync();
        await Expect(page.GetByText("Switched off.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_owner_chooses_the_stores_that_a_web_hook_is_told_of()
    {
        const string url = "https://shop.example/one-store";
        var page = await Staff(Olga, "/dashboard/1/webhooks", Phone);
        await Press(page, "Add a web hook").TapAsync();
        await page.GetByLabel("Address of the receiver").FillAsync(url);
        await page.GetByLabel("Every store, later ones as well").UncheckAsync();
        await Save(page);
        await Expect(page.GetByText("This has to be one store or more; left out", new() { Exact = false }).Last).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = StoreName(2) }).CheckAsync();
        await Save(page);
        await Press(page, "Done").TapAsync();
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = url })).ToContainTextAsync(StoreName(2));
        Assert.Equal("[2]", StoresOf(url));

        await Press(page, $"Edit {url}").TapAsync();
        await page.GetByLabel("Every store, later ones as well").CheckAsync();
        await Save(page);
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = url })).ToContainTextAsync("every store");
        Assert.Equal("null", StoresOf(url));

        string StoresOf(string of) => App.As(StoreFlowApp.Owner).Get("/webhooks").Result.Body.GetProperty("webhooks").EnumerateArray()
            .Single(hook => hook.Text("url") == of).GetProperty("store_ids").GetRawText();
        string StoreName(long store) => App.As(StoreFlowApp.Owner).Get("/merchant/stores").Result.Body.GetProperty("stores")
            .EnumerateArray().Single(one => one.Number("id") == store).Text("name");
    }

    [Fact]
    public async Task A_shared_tablet_is_taken_over_by_two_taps_and_a_pin_and_locks_by_one()
    {
        var owner = App.As(StoreFlowApp.Owner);
        var (_, people) = await owner.Get("/merchant/users");
        var sam = people.GetProperty("users").EnumerateArray().Single(user => user.Text("name") == "Sam").Number("id");
        Assert.Equal(200, (await owner.Send(HttpMethod.Put, $"/merchant/users/{sam}/pin", new { pin = "2580" })).Status);
        var order = (await App.PendingOrder()).Number("id");

        var tablet = await Staff(Mina, "/dashboard/1/settings", new()
        {
            ViewportSize = new() { Width = 820, Height = 1180 },
            HasTouch = true
        });
        await tablet.GetByLabel("Make this device a shared tablet").FillAsync("Counter");
        await Press(tablet, "Make it a shared tablet").TapAsync();
        await tablet.GetByRole(AriaRole.Link, new() { Name = "Sam" }).TapAsync();
        foreach (var key in "2580")
            await Press(tablet, $"{key}").TapAsync();
        await Press(tablet, "Open").TapAsync();

        await Button(Card(tablet, order), "Accept").First.TapAsync();
        await Expect(CardIn(tablet, "working", order).Or(Card(tablet, order)).First).ToBeVisibleAsync();
        await Eventually.Holds(
            async () => (await owner.Get($"/orders/{order}/history")).Body.GetRawText().Contains("\"actor\":\"Sam\"",
                StringComparison.Ordinal),
            "The log names Sam.");
        await Expect(tablet.GetByRole(AriaRole.Link, new() { Name = "Manage" })).ToHaveCountAsync(0);

        await Press(tablet, "Lock").TapAsync();
        await Expect(tablet.GetByText("Who are you?")).ToBeVisibleAsync();
        await tablet.GotoAsync("/dashboard/1");
        await Expect(tablet.GetByText("Who are you?")).ToBeVisibleAsync(); // not the sign-in: a tablet asks who
    }

    private static async Task Save(IPage page)
    {
        await Press(page, "Save").ClickAsync();
        await page.Mouse.MoveAsync(0, 0); // what comes under a mouse that rests takes no tap
    }

    /// <summary>A button that takes taps: one that has just come to its place does not.</summary>
    private static ILocator Press(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).And(page.Locator(":not([data-settling])"));

    private static async Task Choose(IPage page, string table)
    {
        await Expect(Press(page, "Add a product")).ToBeVisibleAsync(); // the page takes taps, and so files
        await page.Locator("input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "products.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(table) });
    }
}
