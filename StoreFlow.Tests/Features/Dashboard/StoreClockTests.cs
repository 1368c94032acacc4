using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>
/// People see times by the clock of the store and amounts with the digits of its currency, wherever the server and their own device are.
/// </summary>
public sealed class StoreClockTests(StoreClockTests.Shops shops) : PageTest(shops), IClassFixture<StoreClockTests.Shops>
{
    /// <summary>A store in Tokyo and one in Kuwait, on a server in New York.</summary>
    public sealed class Shops : StoreFlowApp
    {
        protected override TimeProvider Clock { get; } = new NewYork();

        private sealed class NewYork : TimeProvider
        {
            public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        }
    }

    [SkippableTheory]
    [InlineData(1, "Asia/Tokyo", 9, "JPY", "¥1,250", "¥2,500")]
    [InlineData(2, "Asia/Kuwait", 3, "KWD", "KWD 1.250", "KWD 2.500")]
    public async Task Every_page_has_the_stores_clock_and_its_currency(
        long store, string zoneName, int hours, string currency, string price, string total)
    {
        using (var db = App.OpenDatabase())
        {
            db.Execute("UPDATE stores SET time_zone = @zoneName, currency = @currency WHERE id = @store", new
            {
                store,
                zoneName,
                currency
            });
            db.Execute("UPDATE products SET price = 1250 WHERE store_id = @store", new { store });
        }
        var both = currency == "JPY" ? "¥5,000" : "KWD 5.000"; // of the two orders below
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        string At(DateTimeOffset instant, string format) =>
            TimeZoneInfo.ConvertTime(instant, zone).ToString(format, CultureInfo.InvariantCulture);
        string Clock(JsonElement order, string field) => At(order.GetProperty(field).GetDateTimeOffset(), "HH:mm");
        var owner = App.As(StoreFlowApp.Owner);
        var (_, catalogue) = await owner.Get($"/stores/{store}/catalogue");
        Assert.Equal((zoneName, currency), (catalogue.Text("time_zone"), catalogue.GetProperty("store").Text("currency")));
        Assert.Equal($"{1250 / Math.Pow(10, catalogue.Number("currency_digits")):0.000}", currency == "JPY" ? "1250.000" : "1.250");

        // The shop, on a phone in Auckland.
        var elsewhere = new BrowserNewContextOptions { TimezoneId = "Pacific/Auckland" };
        var phone = await Device(elsewhere);
        await phone.GotoAsync($"/shop/{store}");
        await Expect(phone.Locator(".product .amount").First).ToHaveTextAsync(price);
        await phone.Locator(".product input").First.FillAsync("2");
        await Expect(phone.Locator("[data-sum]")).ToHaveTextAsync($"Total {total}");
        var wish = phone.Locator("optgroup option").First;
        var wished = DateTimeOffset.Parse((await wish.GetAttributeAsync("value"))!, CultureInfo.InvariantCulture);
        await Expect(wish).ToContainTextAsync(At(wished, "HH:mm"));

        // The customer's page, with scripts and without.
        var order = await Place(store, catalogue);
        await Expect(phone.Locator("h1")).ToBeVisibleAsync();
        await phone.GotoAsync($"/track/{order.Text("public_id")}");
        await Expect(phone.Locator(".promise time")).ToContainTextAsync(Clock(order, "promised_at"));
        await Expect(phone.Locator(".promise time")).Not.ToContainTextAsync("UTC"); // the script has run
        await Expect(phone.Locator(".promise time")).ToContainTextAsync($"GMT+{hours}"); // another zone than the phone's
        await Expect(phone.Locator("main")).ToContainTextAsync(total);
        var html = await App.As(null).GetStringAsync($"/track/{order.Text("public_id")}");
        Assert.Contains($"{Clock(order, "promised_at")} UTC&#x2B;0{hours}:00</time>", html);
        Assert.Contains(At(order.GetProperty("created_at").GetDateTimeOffset(), "d MMM yyyy, HH:mm"), html);

        // The board: what is due tomorrow, and what is done.
        await owner.Patch($"/orders/{order.Number("id")}/promise", new { promised_at = DateTimeOffset.UtcNow.AddHours(20) });
        var done = await Place(store, catalogue);
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready", "complete" })
            done = (await owner.Post($"/orders/{done.Number("id")}/{step}")).Body;
        (_, order) = await owner.Get($"/orders/{order.Number("id")}");
        var board = await Staff(Olga, $"/dashboard/{store}", new() { TimezoneId = "Pacific/Auckland" });
        await Expect(Card(board, order.Number("id")).Locator(".promise")).ToContainTextAsync(
            $"due {At(order.GetProperty("promised_at").GetDateTimeOffset(), "ddd")}");
        await Expect(Card(board, order.Number("id")).Locator(".promise")).ToContainTextAsync(Clock(order, "promised_at"));
        await Expect(CardIn(board, "done", done.Number("id")).Locator(".age")).ToContainTextAsync(Clock(done, "completed_at"));
        await Expect(board.Locator("main")).ToContainTextAsync($"Today {both} · 2 orders");

        // The order's page and its slip.
        await board.GotoAsync($"/dashboard/{store}/orders/{order.Number("id")}");
        await Expect(board.Locator(".timeline time").First).ToContainTextAsync(Clock(order, "created_at"));
        await Expect(board.Locator("time.promised")).ToContainTextAsync(Clock(order, "promised_at"));
        await Expect(board.Locator(".slip-head")).ToContainTextAsync(
            At(order.GetProperty("created_at").GetDateTimeOffset(), "d MMM yyyy, HH:mm"));
        await Expect(board.Locator(".slip")).ToContainTextAsync(total);

        // Busy until, and who said so.
        var until = DateTimeOffset.UtcNow.AddMinutes(90);
        await owner.Patch($"/stores/{store}/service", new { busy_minutes = 20, busy_until = until });
        await board.GotoAsync($"/dashboard/{store}/service");
        await Expect(board.Locator("main")).ToContainTextAsync($"{At(until, "HH:mm")}.");
        var changed = (await owner.Get($"/stores/{store}/service")).Body.GetProperty("changes")[0];
        await Expect(board.Locator(".timeline time").First).ToContainTextAsync(Clock(changed, "timestamp"));

        // The figures, and their file.
        await board.GotoAsync($"/dashboard/{store}/figures");
        await Expect(board.Locator(".tiles")).ToContainTextAsync(both);
        var today = At(order.GetProperty("created_at").GetDateTimeOffset(), "yyyy-MM-dd");
        var csv = await owner.GetStringAsync($"/stores/{store}/figures?from={today}&to={today}&format=csv");
        Assert.Contains($"turnover_{currency}", csv);
        Assert.Matches($"day,{today},2,,{(currency == "JPY" ? "5000" : "5\\.000")},", csv);
    }

    private async Task<JsonElement> Place(long store, JsonElement catalogue)
    {
        var body = Scenarios.CheckoutBody(store: store);
        body["items"] = new[] { new { product_id = catalogue.GetProperty("products")[0].Number("id"), quantity = 2 } };
        var (status, view) = await App.As(null).Post("/checkout", body);
        Assert.Equal(201, status);
        var (_, found) = await App.As(StoreFlowApp.Owner).Get($"/stores/{store}/orders?q={view.Text("reference")}");
        return found.GetProperty("orders")[0];
    }
}
