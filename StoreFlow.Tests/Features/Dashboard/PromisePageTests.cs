using System.Text.RegularExpressions;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>When orders are due, on the board, on the order's page and on the customer's.</summary>
public sealed class PromisePageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task One_tap_accepts_with_a_time_and_the_customer_reads_it_and_its_change()
    {
        var order = await App.PendingOrder();
        var customer = await Device();
        await customer.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(customer.Locator(".promise")).ToContainTextAsync("Ready about");
        var before = await customer.Locator(".promise time").GetAttributeAsync("datetime");

        var board = await Staff();
        await Button(Card(board, order.Number("id")), "Ready in 30 min").ClickAsync();
        var card = CardIn(board, "accepted", order.Number("id"));
        await Expect(card.Locator(".promise")).ToHaveTextAsync(new Regex("due in (29|30) min"));
        await Expect(customer.Locator(".promise time")).Not.ToHaveAttributeAsync("datetime", before!);
        var promised = await customer.Locator(".promise time").GetAttributeAsync("datetime");

        await card.Locator(".ref").ClickAsync();
        await Button(board.Locator("main"), "5 min later").ClickAsync();
        await Expect(board.Locator(".timeline")).ToContainTextAsync("promised another time");
        await Expect(customer.Locator(".promise time")).Not.ToHaveAttributeAsync("datetime", promised!);
        var (_, now) = await App.As(StoreFlowApp.Staff).Get($"/orders/{order.Number("id")}");
        Assert.Equal(
            DateTimeOffset.Parse(promised!, null).AddMinutes(5).ToUnixTimeSeconds(),
            now.GetProperty("promised_at").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [SkippableFact]
    public async Task A_wish_for_later_waits_under_Later()
    {
        var wish = Scenarios.CheckoutBody(name: "Wanda Later");
        wish["pickup_at"] = DateTimeOffset.UtcNow.AddDays(2);
        var (_, view) = await App.As(null).Post("/checkout", wish);
        var (_, found) = await App.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={view.Text("reference")}");
        await App.Step(found.GetProperty("orders")[0], "accept");
        var soon = await App.OrderIn("accepted");

        var board = await Staff();
        await Expect(Card(board, soon.Number("id"))).ToBeVisibleAsync();
        var texts = await board.Locator("#column-accepted li").AllInnerTextsAsync();
        var later = texts.ToList().FindIndex(text => text.Trim() == "Later");
        Assert.InRange(later, 1, texts.Count - 2);
        Assert.Contains("Wanda", texts[later + 1], StringComparison.Ordinal);
        Assert.DoesNotContain(texts.Take(later), text => text.Contains("Wanda", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_customer_wishes_a_time_in_the_shop()
    {
        var shop = await Device();
        await shop.GotoAsync("/shop/1");
        await shop.Locator(".product input").First.FillAsync("1");
        await shop.GetByLabel("Name", new() { Exact = true }).FillAsync("Wim Wish");
        await shop.GetByLabel("E-mail address").FillAsync("wim@example.com");
        var wish = shop.GetByLabel("When will you collect it?");
        var value = await wish.Locator("optgroup option").Nth(5).GetAttributeAsync("value");
        await wish.SelectOptionAsync(value!);
        await Button(shop.Locator("form"), "Place the order").ClickAsync();
        await Expect(shop.Locator(".promise time")).ToHaveAttributeAsync("datetime", value!);
    }
}
