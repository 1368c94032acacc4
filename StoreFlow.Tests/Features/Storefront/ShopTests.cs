using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Storefront;

/// <summary>The small shop: one form, with or without scripts, that ends on the customer's page.</summary>
public sealed partial class ShopTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    // The browser logs that an answer was a 400, a 404 or a 422. These tests expect that.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    [SkippableFact]
    public async Task What_is_wrong_stands_beside_its_field_and_what_was_typed_stays()
    {
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await shop.GetByLabel("Cinnamon bun").FillAsync("1000");
        await shop.GetByLabel("Send it to me").CheckAsync();
        await shop.GetByLabel("E-mail address").FillAsync("not an address");
        await shop.GetByLabel("Shipping", new() { Exact = true }).SelectOptionAsync("express");
        await shop.GetByLabel("Town or city").FillAsync("Hamburg");
        await shop.GetByLabel("A word to the shop").FillAsync("Two\nlines");
        await Place(shop);

        await Expect(shop.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Not quite there yet. Look at the fields that are marked.");
        foreach (var wrong in new[]
        {
            "Cinnamon bun", "Name", "E-mail address", "Street and number", "Postal code", "Country",
        })
        {
            var field = shop.GetByLabel(wrong, new() { Exact = true });
            await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
            var sentence = shop.Locator($"[id='{await field.GetAttributeAsync("aria-describedby")}']");
            await Expect(sentence).ToBeVisibleAsync();
            var (above, below) = ((await field.BoundingBoxAsync())!, (await sentence.BoundingBoxAsync())!);
            Assert.InRange(below.Y - above.Y, 0, 120);
        }
        await Expect(shop.Locator("[aria-invalid]")).ToHaveCountAsync(6);
        await Expect(shop.GetByLabel("Cinnamon bun")).ToHaveValueAsync("1000");
        await Expect(shop.GetByLabel("Send it to me")).ToBeCheckedAsync();
        await Expect(shop.GetByLabel("E-mail address")).ToHaveValueAsync("not an address");
        await Expect(shop.GetByLabel("Shipping", new() { Exact = true })).ToHaveValueAsync("express");
        await Expect(shop.GetByLabel("Town or city")).ToHaveValueAsync("Hamburg");
        await Expect(shop.GetByLabel("A word to the shop")).ToHaveValueAsync("Two\nlines");
        Assert.Equal(0, Orders("not an address"));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Address_fields_are_there_for_shipping_only_and_all_go_where_they_belong(bool scripts)
    {
        var shop = await Device(new() { JavaScriptEnabled = scripts });
        await shop.GotoAsync("/shop/1");
        var street = shop.GetByLabel("Street and number");
        await Expect(street).ToBeHiddenAsync();
        await shop.GetByLabel("Send it to me").CheckAsync();
        await Expect(street).ToBeVisibleAsync();
        await shop.GetByLabel("I collect it at the shop").CheckAsync();
        await Expect(street).ToBeHiddenAsync();
        await shop.GetByLabel("Send it to me").CheckAsync();

        var email = $"noor-{scripts}@example.com";
        await shop.GetByLabel("Mint tea, 20 bags").FillAsync("3");
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Noor Haddad");
        await shop.GetByLabel("E-mail address").FillAsync(email);
        await shop.GetByLabel("Phone").FillAsync("+49 40 1");
        await shop.GetByLabel("Name on the parcel").FillAsync("Karim Haddad");
        await street.FillAsync("Quay Street 5");
        await shop.GetByLabel("More about the address").FillAsync("Back door");
        await shop.GetByLabel("Postal code").FillAsync("20457");
        await shop.GetByLabel("Town or city").FillAsync("Hamburg");
        await shop.GetByLabel("State or province").FillAsync("HH");
        await shop.GetByLabel("Country").SelectOptionAsync("Germany");
        await shop.GetByLabel("A word to the shop").FillAsync("Ring twice");
        await Place(shop);
        await Expect(shop).ToHaveURLAsync(new Regex("/track/"));

        await Expect(shop.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Thank you for your order!");
        var (_, list) = await App.As(StoreFlowApp.Owner).Get("/stores/1/orders?q=noor");
        var order = list.GetProperty("orders").EnumerateArray().Single(one => one.GetProperty("customer").Text("email") == email);
        Assert.Equal(
            """{"method":"standard","name":"Karim Haddad","address":""" +
            """{"line1":"Quay Street 5","line2":"Back door","city":"Hamburg","region":"HH","postal_code":"20457","country":"DE"}""" +
            ""","own_courier":false}""",
            order.GetProperty("shipping").GetRawText());
        Assert.Equal("Ring twice", order.Text("note"));
        Assert.Equal("Noor Haddad", order.GetProperty("customer").Text("name"));
        Assert.Equal("+49 40 1", order.GetProperty("customer").Text("phone"));
        Assert.Equal(3 * 420 + 490, order.Number("total"));
    }

    [SkippableFact]
    public async Task A_double_tap_makes_one_order()
    {
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await shop.GetByLabel("Sourdough loaf").FillAsync("1");
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Tap Tapper");
        await shop.GetByLabel("E-mail address").FillAsync("tap@example.com");
        await Button(shop.Locator("main"), "Place the order").DblClickAsync();
        await Expect(shop).ToHaveURLAsync(new Regex("/track/"));
        Assert.Equal(1, Orders("tap@example.com"));
    }

    [Fact]
    public async Task The_same_form_sent_twice_at_once_ends_on_the_same_page()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Post("shop-0123456789abcdef", "two@example.com")));
        Assert.All(answers, answer => Assert.Equal(302, (int)answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal(1, Orders("two@example.com"));
    }

    [Fact]
    public async Task Another_order_from_a_form_that_was_sent_already_is_asked_about_first()
    {
        var first = await Post("shop-fedcba9876543210", "back@example.com");
        var asked = await Post("shop-fedcba9876543210", "back@example.com", loaves: 2);
        var page = await asked.Content.ReadAsStringAsync();
        Assert.Equal(422, (int)asked.StatusCode);
        Assert.Contains("You have placed an order from this page already. Press the button again to place this one as well.", page);
        Assert.Contains("value=\"back@example.com\"", page);
        Assert.Equal(1, Orders("back@example.com"));

        var second = await Post(Key().Match(page).Value, "back@example.com", loaves: 2);
        Assert.Equal(302, (int)second.StatusCode);
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
        Assert.Equal(2, Orders("back@example.com"));
    }

    [SkippableFact]
    public async Task An_unknown_shop_is_a_kind_404()
    {
        var page = await Device();
        foreach (var path in new[] { "/shop/99", "/shop/0" })
        {
            var answer = await page.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            await Expect(page.Locator("main")).ToContainTextAsync("There is no shop at this address.");
        }
    }

    private static Task Place(IPage shop) => Button(shop.Locator("main"), "Place the order").ClickAsync();

    private async Task<HttpResponseMessage> Post(string key, string email, int loaves = 1)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        return await client.PostAsync("/shop/1", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["key"] = key,
            ["quantity-1"] = $"{loaves}",
            ["fulfilment_type"] = "pickup",
            ["customer.name"] = "Two Taps",
            ["customer.email"] = email,
        }));
    }

    [GeneratedRegex("shop-[0-9a-f]{32}")]
    private static partial Regex Key();

    private long Orders(string email)
    {
        using var db = App.OpenDatabase();
        return db.ExecuteScalar<long>("SELECT COUNT(*) FROM orders WHERE customer_email = @email", new { email });
    }
}
