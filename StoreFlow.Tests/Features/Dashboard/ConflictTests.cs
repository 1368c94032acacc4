using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>Two clerks on one order: who is late by a moment learns who was faster, sees the truth, and changes nothing.</summary>
public sealed partial class ConflictTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task The_second_to_tap_on_the_board_is_told_who_was_faster()
    {
        var order = (await App.PendingOrder()).Number("id");
        var (sam, line) = await OnASlowLine("/dashboard/1");
        await Expect(CardIn(sam, "new", order)).ToBeVisibleAsync();
        var ana = await Staff(Ana);

        line.Hold();
        await Button(Card(ana, order), "Accept").ClickAsync();
        await Expect(CardIn(ana, "accepted", order)).ToBeVisibleAsync();
        await line.Arrived("Start preparing");
        await Button(CardIn(sam, "new", order), "Accept").ClickAsync();
        line.Release();

        await Expect(sam.GetByRole(AriaRole.Alert).First).ToHaveTextAsync(AnaWasFaster());
        await Expect(CardIn(sam, "accepted", order).Locator(".conflict")).ToHaveTextAsync(AnaWasFaster());
        await Expect(Button(Card(sam, order), "Start preparing")).ToBeFocusedAsync();
        Assert.Equal(["order_created Customer", "status_changed Ana"], await History(order));

        // Nothing is in the way of going on.
        await Button(Card(sam, order), "Start preparing").ClickAsync();
        await Expect(CardIn(sam, "working", order)).ToBeVisibleAsync();
        await Expect(Card(sam, order).Locator(".conflict")).ToHaveCountAsync(0);
        await Expect(sam.Locator(".problem")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_late_tap_on_the_orders_page_is_not_taken_for_the_next_step()
    {
        var order = (await App.PendingOrder()).Number("id");
        var (sam, line) = await OnASlowLine($"/dashboard/1/orders/{order}");
        var steps = sam.Locator(".order-page .steps");
        await Expect(Button(steps, "Accept")).ToBeVisibleAsync();

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/accept");
        await line.Arrived("Start preparing");
        await Button(steps, "Accept").ClickAsync();
        line.Release();

        await Expect(sam.Locator(".problem")).ToContainTextAsync("Mina already accepted this order");
        await Expect(Button(steps, "Start preparing")).ToBeVisibleAsync();
        Assert.Equal(["order_created Customer", "status_changed Mina"], await History(order));
    }

    [SkippableFact]
    public async Task Shipping_late_neither_corrects_the_others_tracking_nor_loses_what_was_typed()
    {
        var order = (await App.OrderIn("accepted", "shipping")).Number("id");
        var (sam, line) = await OnASlowLine($"/dashboard/1/orders/{order}");
        await sam.GetByLabel("Tracking code").FillAsync("SAMS-1");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://carrier.example/t/SAMS-1");

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/ship", new { tracking_code = "MINAS-1" });
        await line.Arrived("Correct the tracking");
        await Button(sam.Locator("#ship"), "Mark as shipped").ClickAsync();
        line.Release();

        await Expect(sam.Locator(".problem")).ToContainTextAsync("Mina already shipped this order");
        await Expect(sam.GetByRole(AriaRole.Heading, new() { Name = "Correct the tracking" })).ToBeVisibleAsync();
        await Expect(sam.GetByLabel("Tracking code")).ToHaveValueAsync("SAMS-1");
        Assert.Equal("MINAS-1", (await App.As(StoreFlowApp.Manager).Get($"/orders/{order}")).Body.Text("tracking_code"));
        Assert.Equal(["order_created Customer", "status_changed Olga", "status_changed Mina"], await History(order));
    }

    [SkippableFact]
    public async Task What_was_typed_to_ship_stays_when_somebody_else_packed_meanwhile()
    {
        var order = (await App.OrderIn("accepted", "shipping")).Number("id");
        var sam = await Staff(Sam, $"/dashboard/1/orders/{order}");
        await sam.GetByLabel("Tracking code").FillAsync("1Z 77");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://carrier.example/t/1Z%2077");
        await sam.GetByLabel("Tracking link (optional)").FillAsync("https://other.example/77");

        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/start-packing");
        await Expect(sam.Locator(".now")).ToHaveTextAsync("Shipping · being packed");
        await Expect(sam.GetByRole(AriaRole.Status)).ToHaveTextAsync("This order is being packed.");
        await Expect(sam.GetByLabel("Tracking code")).ToHaveValueAsync("1Z 77");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://other.example/77");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToBeFocusedAsync();

        await Button(sam.Locator("#ship"), "Mark as shipped").ClickAsync();
        await Expect(sam.Locator(".now")).ToHaveTextAsync("Shipping · shipped");
        await Expect(sam.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" })).ToHaveAttributeAsync("href", "https://other.example/77");
    }

    private async Task<(IPage Page, HeldNews Line)> OnASlowLine(string path)
    {
        var page = await Device();
        var line = await HeldNews.On(page);
        await SignIn(page.Context, Sam);
        await page.GotoAsync(path);
        return (page, line);
    }

    private async Task<string[]> History(long order) =>
    [
        .. (await App.As(StoreFlowApp.Owner).Get($"/orders/{order}/history")).Body.GetProperty("entries").EnumerateArray()
            .Select(entry => $"{entry.Text("action")} {entry.Text("actor")}"),
    ];

    [GeneratedRegex(@"^Ana already accepted this order (just now|\d+ seconds? ago)\.")]
    private static partial Regex AnaWasFaster();
}
