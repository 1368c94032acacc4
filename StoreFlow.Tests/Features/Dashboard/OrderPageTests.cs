using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>The order's own page: what happened, tracking, the owner's override, and the packing slip.</summary>
public sealed partial class OrderPageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task Wrong_tracking_is_said_as_it_is_typed_and_put_right_later()
    {
        var order = await App.OrderIn("packing", "shipping");
        var page = await Staff(Ana, $"/dashboard/1/orders/{order.Number("id")}");
        var ship = Button(page.Locator("#ship"), "Mark as shipped");
        await page.GetByLabel("Tracking code").FillAsync("1Z-OLD");
        await Expect(page.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://carrier.example/t/1Z-OLD");
        await page.GetByLabel("Tracking link (optional)").FillAsync("javascript:alert(1)");
        await Expect(page.Locator("#ship .mud-input-error").First).ToBeVisibleAsync();
        await Expect(ship).ToBeDisabledAsync();
        await page.GetByLabel("Tracking link (optional)").FillAsync("https://carrier.example/t/1Z-OLD");
        await ship.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Correct the tracking" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Tracking code")).ToHaveValueAsync("");
        await page.GetByLabel("Tracking code").FillAsync("1Z-NEW");
        await Button(page.Locator("#ship"), "Save the correction").ClickAsync();

        await Expect(page.Locator("[aria-labelledby=tracking] strong")).ToHaveTextAsync("1Z-NEW");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" }))
            .ToHaveAttributeAsync("href", "https://carrier.example/t/1Z-NEW");
        await Expect(page.Locator(".timeline li").Last).ToContainTextAsync("Ana corrected the tracking");
        await Expect(page.Locator(".timeline li").Last).ToContainTextAsync("The tracking code was 1Z-OLD");
    }

    [SkippableFact]
    public async Task The_owner_overrides_with_a_reason_and_staff_has_no_such_form()
    {
        var order = (await App.OrderIn("ready")).Number("id");
        var sam = await Staff(Sam, $"/dashboard/1/orders/{order}");
        var olga = await Staff(Olga, $"/dashboard/1/orders/{order}");
        await Expect(olga.Locator(".timeline")).ToBeVisibleAsync();
        await Expect(sam.Locator(".timeline")).ToBeVisibleAsync();
        await Expect(sam.GetByText("Override the status")).ToHaveCountAsync(0);

        await olga.GetByText("Override the status").ClickAsync();
        await Expect(olga.GetByLabel("New status").Locator("option"))
            .ToHaveTextAsync(["Choose…", "new", "accepted", "in preparation", "collected"]);
        await olga.GetByLabel("New status").SelectOptionAsync("in preparation");
        await Expect(Button(olga.Locator("main"), "Override")).ToBeDisabledAsync();
        await olga.GetByLabel("Reason, for the audit log").FillAsync("The bread fell down");
        await Button(olga.Locator("main"), "Override").ClickAsync();

        foreach (var page in new[] { olga, sam })
        {
            await Expect(page.Locator(".now")).ToHaveTextAsync("Pickup · in preparation");
            await Expect(page.Locator(".timeline li").Last).ToContainTextAsync("Olga put this order to “in preparation”");
            await Expect(page.Locator(".timeline li").Last).ToContainTextAsync("The bread fell down");
        }
    }

    [SkippableTheory]
    [InlineData("pickup", "A4")]
    [InlineData("shipping", "Letter")]
    public async Task The_packing_slip_is_one_page_with_the_reference_large_and_as_a_code(string type, string paper)
    {
        var order = await App.OrderIn("accepted", type);
        var page = await Staff(Sam, $"/dashboard/1/orders/{order.Number("id")}");
        await page.GetByLabel("Prices on the slip").UncheckAsync();
        await Expect(page.Locator(".slip .amount")).ToHaveCountAsync(0);

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        var reference = page.Locator(".slip-reference");
        await Expect(reference).ToBeVisibleAsync();
        await Expect(reference).ToHaveTextAsync(order.Text("reference"));
        Assert.True(await reference.EvaluateAsync<double>("big => parseFloat(getComputedStyle(big).fontSize)") > 50);
        await Expect(page.Locator(".slip svg")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Sourdough loaf");
        foreach (var hidden in new[] { "header", "button", "form", ".timeline", "a" })
            await Expect(page.Locator(hidden).Filter(new() { Visible = true })).ToHaveCountAsync(0);
        if (type == "shipping")
            await Expect(page.Locator("address")).ToContainTextAsync("Quay Street 5");

        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = paper }));
        Assert.Single(Sheet().Matches(pdf));
    }

    [SkippableFact]
    public async Task The_button_prints()
    {
        var order = await App.PendingOrder();
        var page = await Staff(Sam, $"/dashboard/1/orders/{order.Number("id")}");
        await page.EvaluateAsync("window.print = () => { window.printed = true; }");
        await Button(page.Locator("main"), "Print packing slip").ClickAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.printed"));
    }

    [SkippableFact]
    public async Task A_long_tracking_link_is_sent_as_it_is_shown()
    {
        var order = (await App.OrderIn("packing", "shipping")).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        await page.EvaluateAsync("window.sameAsBefore = true");
        var link = "https://carrier.example/t/" + new string('a', 2000 - "https://carrier.example/t/".Length);
        await page.GetByLabel("Tracking code").FillAsync("1Z-LONG");
        await page.GetByLabel("Tracking link (optional)").FillAsync("");
        await page.GetByLabel("Tracking link (optional)").FocusAsync();
        await page.Keyboard.InsertTextAsync(link + "bbb"); // more than fits
        await Expect(page.GetByLabel("Tracking link (optional)")).ToHaveValueAsync(link);
        await Button(page.Locator("#ship"), "Mark as shipped").ClickAsync();

        await Expect(page.Locator(".now")).ToHaveTextAsync("Shipping · shipped");
        Assert.Equal(link, (await App.As(StoreFlowApp.Owner).Get($"/orders/{order}")).Body.Text("tracking_url"));
        Assert.True(await page.EvaluateAsync<bool>("window.sameAsBefore === true"));
    }

    [SkippableFact]
    public async Task A_customers_address_adds_no_headers_to_a_mail()
    {
        var body = Scenarios.CheckoutBody();
        body["customer"] = new { name = "Eve", email = "eve+bcc=y@z.example" };
        var (_, view) = await App.As(null).Post("/checkout", body);
        var order = (await App.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={view.Text("reference")}")).Body.GetProperty("orders")[0];
        var page = await Staff(Sam, $"/dashboard/1/orders/{order.Number("id")}");
        await Expect(page.Locator("a[href^='mailto:']")).ToHaveAttributeAsync("href", "mailto:eve%2Bbcc%3Dy@z.example");
        await Expect(page.Locator("a[href^='mailto:']")).ToHaveTextAsync("eve+bcc=y@z.example");
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex Sheet();
}
