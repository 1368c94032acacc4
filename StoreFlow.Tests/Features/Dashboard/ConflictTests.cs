using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>Two clerks on one order: who is late by a moment learns who was faster, sees the truth, and changes nothing.</summary>
public sealed class ConflictTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task The_second_to_tap_on_the_board_is_told_who_was_faster()
    {
        var placed = await App.PendingOrder();
        var order = placed.Number("id");
        var (sam, line) = await StaffOnASlowLine("/dashboard/1");
        await Expect(CardIn(sam, "new", order)).ToBeVisibleAsync();
        var ana = await Staff(Ana);

        line.Hold();
        await Button(Card(ana, order), "Accept").ClickAsync();
        await Expect(CardIn(ana, "accepted", order)).ToBeVisibleAsync();
        await line.Arrived("Start preparing");
        await Button(CardIn(sam, "new", order), "Accept").ClickAsync();
        line.Release();

        await Expect(sam.GetByRole(AriaRole.Alert).First).ToHaveTextAsync(new Regex($"^{placed.Text("reference")}: {AnaWasFaster}"));
        await Expect(CardIn(sam, "accepted", order).Locator(".conflict")).ToHaveTextAsync(new Regex($"^{AnaWasFaster}"));
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
        var (sam, line) = await StaffOnASlowLine($"/dashboard/1/orders/{order}");
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
    public async Task Shipping_late_shows_what_was_typed_as_text_and_not_in_the_form_that_corrects_the_others_tracking()
    {
        var order = (await App.OrderIn("accepted", "shipping")).Number("id");
        var (sam, line) = await StaffOnASlowLine($"/dashboard/1/orders/{order}");
        await sam.GetByLabel("Tracking code").FillAsync("SAMS-1");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("https://carrier.example/t/SAMS-1");

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/ship", new { tracking_code = "MINAS-1" });
        await line.Arrived("Correct the tracking");
        await Button(sam.Locator("#ship"), "Mark as shipped").ClickAsync();
        line.Release();

        await Expect(sam.Locator(".problem")).ToContainTextAsync("Mina already shipped this order");
        await Expect(sam.GetByRole(AriaRole.Heading, new() { Name = "Correct the tracking" })).ToBeVisibleAsync();
        await Expect(sam.GetByLabel("Tracking code")).ToHaveValueAsync("");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("");
        await Expect(sam.Locator("#ship .unsent")).ToContainTextAsync("SAMS-1");
        await Expect(Button(sam.Locator("#ship"), "Save the correction")).ToBeDisabledAsync();
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
        await Expect(sam.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" }))
            .ToHaveAttributeAsync("href", "https://other.example/77");
    }

    [SkippableFact]
    public async Task What_was_typed_is_shown_as_text_when_somebody_else_ships_meanwhile()
    {
        var order = (await App.OrderIn("packing", "shipping")).Number("id");
        var sam = await Staff(Sam, $"/dashboard/1/orders/{order}");
        await sam.GetByLabel("Tracking code").FillAsync("SAMS-2");
        await sam.GetByLabel("Tracking link (optional)").FillAsync("https://other.example/sams");

        await App.As(StoreFlowApp.Manager).Post($"/orders/{order}/ship", new { tracking_code = "MINAS-2" });
        await Expect(sam.Locator("#ship .unsent")).ToContainTextAsync("SAMS-2");
        await Expect(sam.Locator("#ship .unsent")).ToContainTextAsync("https://other.example/sams");
        await Expect(sam.GetByLabel("Tracking code")).ToHaveValueAsync("");
        await Expect(sam.GetByLabel("Tracking link (optional)")).ToHaveValueAsync("");

        await sam.GetByLabel("Tracking code").FillAsync("MINAS-3");
        await Button(sam.Locator("#ship"), "Save the correction").ClickAsync();
        await Expect(sam.Locator("[aria-labelledby=tracking] strong")).ToHaveTextAsync("MINAS-3");
        await Expect(sam.Locator("#ship .unsent")).ToHaveCountAsync(0);
    }

    [SkippableTheory]
    [InlineData("search")]
    [InlineData("filter")]
    public async Task Under_a_search_or_a_filter_the_card_and_the_sentence_stay(string by)
    {
        var order = await App.PendingOrder(name: "Tess Quill");
        var (sam, line) = await StaffOnASlowLine("/dashboard/1");
        if (by == "search")
            await sam.GetByLabel("Reference, name or link").FillAsync("quill");
        else
            await Button(sam.GetByRole(AriaRole.Group, new() { Name = "Show" }), "Pickup").ClickAsync();
        await Expect(CardIn(sam, "new", order.Number("id"))).ToBeVisibleAsync();

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{order.Number("id")}/accept");
        await line.Arrived("Start preparing");
        await Button(CardIn(sam, "new", order.Number("id")), "Accept").ClickAsync();
        line.Release();

        await Expect(sam.Locator(".problem")).ToContainTextAsync($"{order.Text("reference")}: Mina already accepted this order");
        await Expect(CardIn(sam, "accepted", order.Number("id")).Locator(".conflict"))
            .ToContainTextAsync("Mina already accepted this order");
    }

    [SkippableFact]
    public async Task A_message_moves_nothing_and_the_next_one_takes_its_place()
    {
        var (first, second) = (await App.PendingOrder(), await App.PendingOrder());
        var (sam, line) = await StaffOnASlowLine("/dashboard/1");
        await Expect(CardIn(sam, "new", second.Number("id"))).ToBeVisibleAsync();
        var before = await sam.Locator(".columns").EvaluateAsync<double>("it => it.getBoundingClientRect().top + scrollY");

        line.Hold();
        foreach (var order in new[] { first, second })
            await App.As(StoreFlowApp.Manager).Post($"/orders/{order.Number("id")}/accept");
        await line.Arrived(second.Text("reference"));
        foreach (var order in new[] { first, second })
            await Button(CardIn(sam, "new", order.Number("id")), "Accept").ClickAsync();
        line.Release();

        await Expect(sam.Locator(".problem")).ToContainTextAsync($"{second.Text("reference")}: Mina already accepted this order");
        await Expect(sam.Locator(".problem")).ToHaveCountAsync(1);
        await Expect(sam.Locator(".conflict")).ToHaveCountAsync(1);
        Assert.Equal(before, await sam.Locator(".columns").EvaluateAsync<double>("it => it.getBoundingClientRect().top + scrollY"));
    }

    private async Task<string[]> History(long order) =>
    [
        .. (await App.As(StoreFlowApp.Owner).Get($"/orders/{order}/history")).Body.GetProperty("entries").EnumerateArray()
            .Select(entry => $"{entry.Text("action")} {entry.Text("actor")}"),
    ];

    private const string AnaWasFaster = @"Ana already accepted this order (just now|\d+ seconds? ago)\.";
}
