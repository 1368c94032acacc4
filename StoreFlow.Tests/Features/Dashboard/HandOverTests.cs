using System.Text.Json;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>At the counter: a scan opens the order and brings its code, and what the customer shows decides.</summary>
public sealed class HandOverTests : PageTest, IClassFixture<StoreFlowApp>
{
    public HandOverTests(StoreFlowApp app) : base(app)
    {
        using var db = app.OpenDatabase();
        db.Execute("UPDATE stores SET asks_for_code = 1 WHERE id = 2");
    }

    [SkippableFact]
    public async Task One_scan_after_the_other_is_handed_over_with_a_tap_each()
    {
        var board = await Staff(Olga, "/dashboard/2");
        for (var i = 0; i < 2; i++)
        {
            var order = await App.OrderIn("ready", store: 2);
            // What a hand scanner types: the content of the QR code on the customer's page, and Enter.
            await Expect(board.GetByLabel("Reference, name or link")).ToBeEditableAsync();
            await board.GetByLabel("Reference, name or link").PressSequentiallyAsync(
                $"http://shop.example/track/{order.Text("public_id")}#{await CodeOf(order)}");
            await board.Keyboard.PressAsync("Enter");
            await Expect(board.Locator("#hand-over")).ToHaveTextAsync(order.Text("reference"));
            await Expect(board.Locator("#code-told")).ToHaveTextAsync("The code is right.");
            await Button(board.Locator("main"), "Collected:").ClickAsync();
            await board.GetByRole(AriaRole.Link, new() { Name = "← Board" }).ClickAsync(); // who goes on has meant it
            await Expect(board.GetByLabel("Reference, name or link")).ToBeFocusedAsync();
            await Expect(CardIn(board, "done", order.Number("id"))).ToBeVisibleAsync();
        }
        Assert.DoesNotContain("#", board.Url.Replace("#find", "")); // no code in an address
    }

    [SkippableFact]
    public async Task The_camera_reads_what_a_scanner_would_type()
    {
        var order = await App.OrderIn("ready", store: 2);
        var board = await Device();
        // Chromium without a screen has neither a camera nor a barcode reader; both are the browser's own elsewhere.
        await board.AddInitScriptAsync($$"""
            window.BarcodeDetector = class {
              async detect() { return [{ rawValue: 'http://shop.example/track/{{order.Text("public_id")}}' }]; }
            };
            navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();
            HTMLMediaElement.prototype.play = async () => {};
            """);
        await SignIn(board.Context, Olga);
        await board.GotoAsync("/dashboard/2");
        await board.GetByRole(AriaRole.Button, new() { Name = "Camera" }).ClickAsync();
        await Expect(board.Locator("#hand-over")).ToHaveTextAsync(order.Text("reference"));
        await Expect(board.Locator("#camera")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task A_wrong_code_is_told_at_once_and_nothing_is_handed_over()
    {
        var order = await App.OrderIn("ready", store: 2);
        var code = await CodeOf(order);
        var page = await Staff(Olga, $"/dashboard/2/orders/{order.Number("id")}/hand-over");
        var field = page.GetByLabel("The customer's code");
        await Button(page.Locator("main"), "Collected:").ClickAsync(); // without a code the browser says what is missing
        await Expect(field).ToBeFocusedAsync();
        await field.FillAsync(code == "0000" ? "0001" : "0000");
        await Expect(page.Locator("#code-told")).ToHaveTextAsync("This is not the code of this order.");
        await field.FillAsync(code);
        await Expect(page.Locator("#code-told")).ToHaveTextAsync("The code is right.");
        Assert.Equal("ready", await StatusOf(order));

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#undo")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Uri(Address, "/dashboard/2#find").ToString(), new() { Timeout = 20_000 });
        Assert.Equal("completed", await StatusOf(order));
    }

    [SkippableFact]
    public async Task The_code_is_the_customers_to_show_and_not_the_clerks_to_look_up()
    {
        var order = await App.OrderIn("ready", store: 2);
        var path = $"/track/{order.Text("public_id")}";
        var customer = await Device();
        await customer.GotoAsync(path);
        await Expect(customer.Locator(".pin strong")).ToHaveTextAsync(await CodeOf(order));
        await Expect(customer.Locator(".pin svg")).ToBeVisibleAsync();
        await Expect(customer.GetByRole(AriaRole.Link, new() { Name = "Show it on a map" })).ToBeVisibleAsync();

        var clerk = await Staff(Olga, path);
        await Expect(clerk.Locator("main")).ToContainTextAsync("You are signed in as staff of this store");
        await Expect(clerk.Locator(".pin")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task The_owner_hands_over_without_a_code_and_says_why()
    {
        var order = await App.OrderIn("ready", store: 2);
        var page = await Staff(Olga, $"/dashboard/2/orders/{order.Number("id")}/hand-over");
        await page.GetByText("The customer has no code").ClickAsync();
        await page.GetByLabel("Why it is handed over all the same").FillAsync("Her phone is dead");
        await Button(page.Locator("main"), "Collected without a code").ClickAsync();
        await page.GetByText("All about this order").ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Her phone is dead");
    }

    [SkippableFact]
    public async Task The_shelf_is_typed_beside_ready_and_big_on_the_card()
    {
        var order = await App.OrderIn("in_progress");
        var board = await Staff();
        await board.GetByLabel($"Shelf of {order.Text("reference")}").FillAsync("A 7");
        await board.Keyboard.PressAsync("Enter");
        await Expect(CardIn(board, "ready", order.Number("id")).Locator(".shelf")).ToHaveTextAsync("Shelf A 7");
    }

    [SkippableFact]
    public async Task A_parcel_is_shipped_on_the_board_with_a_scan_and_a_losers_code_goes_nowhere()
    {
        var (mine, theirs) = (await App.OrderIn("packing", "shipping"), await App.OrderIn("packing", "shipping"));
        var board = await Staff();
        await Card(board, mine.Number("id")).Locator("a.step:not([data-settling])").ClickAsync();
        await Expect(board.Locator("#ship-code")).ToBeFocusedAsync();
        await board.Locator("#ship-code").PressSequentiallyAsync("SCAN-1");
        await board.Keyboard.PressAsync("Enter");
        await Expect(CardIn(board, "ready", mine.Number("id"))).ToBeVisibleAsync();

        await Card(board, theirs.Number("id")).Locator("a.step:not([data-settling])").ClickAsync();
        await board.Locator("#ship-code").FillAsync("TOO-LATE");
        await App.Step(theirs, "ship");
        await board.Keyboard.PressAsync("Enter");
        await Expect(board.GetByRole(AriaRole.Alert).Filter(new() { HasText = theirs.Text("reference") }))
            .ToContainTextAsync("already shipped");
        var (_, shipped) = await App.As(StoreFlowApp.Owner).Get($"/orders/{theirs.Number("id")}");
        Assert.Equal("1Z-999", shipped.Text("tracking_code"));
    }

    [SkippableFact]
    public async Task What_nobody_collects_is_marked()
    {
        var order = await App.OrderIn("ready");
        using (var db = App.OpenDatabase())
            db.Execute(
                "UPDATE orders SET ready_at = ready_at - 5 * 86400000, version = version + 1 WHERE id = @id",
                new { id = order.Number("id") });
        var board = await Staff();
        await Expect(Card(board, order.Number("id"))).ToContainTextAsync("Not collected for 5 days");
    }

    private async Task<string> StatusOf(JsonElement order) =>
        (await App.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}")).Body.Text("status");

    private async Task<string> CodeOf(JsonElement order) =>
        (await App.As(null).Get($"/customer/{order.Text("public_id")}/order")).Body.Text("pickup_code");
}
