using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.CancelOrder;

/// <summary>Turning down and cancelling on the order's page, by taps.</summary>
public sealed class CancelFormTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task Two_taps_turn_a_new_order_down_and_everybody_sees_it()
    {
        var order = await App.PendingOrder();
        var id = order.Number("id");
        var board = await Staff();
        var customer = await Device();
        await customer.GotoAsync($"/track/{order.Text("public_id")}");
        var page = await Staff(path: $"/dashboard/1/orders/{id}");

        await page.GetByText("Turn this order down").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Out of stock" }).ClickAsync();

        await Expect(page.Locator(".now")).ToContainTextAsync("cancelled");
        await Expect(page.Locator(".timeline")).ToContainTextAsync("Out of stock");
        await Expect(page.Locator("#cancel")).ToHaveCountAsync(0);
        await Expect(CardIn(board, "done", id).Locator(".state")).ToHaveTextAsync("cancelled");
        await Expect(customer.Locator("h1")).ToHaveTextAsync("Your order was cancelled");
        await Expect(customer.Locator(".next")).ToContainTextAsync("has run out of something");
        await Expect(customer.Locator(".steps li")).ToContainTextAsync(new[] { "Placed", "Cancelled" });
    }

    [SkippableFact]
    public async Task Another_reason_needs_a_note()
    {
        var order = await App.OrderIn("ready");
        var page = await Staff(Mina, $"/dashboard/1/orders/{order.Number("id")}");
        await page.GetByText("Cancel this order").ClickAsync();
        var another = page.GetByRole(AriaRole.Button, new() { Name = "Another reason, as in the note" });
        await Expect(another).ToBeDisabledAsync();
        await page.GetByLabel("Note for your colleagues").FillAsync("The wedding is off");
        await another.ClickAsync();
        await Expect(page.Locator(".timeline")).ToContainTextAsync("The wedding is off");
    }

    [SkippableFact]
    public async Task Staff_see_no_way_to_cancel_what_was_accepted()
    {
        var order = await App.OrderIn("accepted");
        var page = await Staff(path: $"/dashboard/1/orders/{order.Number("id")}");
        await Expect(page.Locator(".now")).ToContainTextAsync("accepted");
        await Expect(page.Locator("#cancel")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task News_of_the_order_closes_the_form_and_keeps_the_note()
    {
        var order = await App.PendingOrder();
        var page = await Staff(Mina, $"/dashboard/1/orders/{order.Number("id")}");
        await page.GetByText("Turn this order down").ClickAsync();
        await page.GetByLabel("Note for your colleagues").FillAsync("Rang, no answer");
        await App.Step(order, "accept");

        await Expect(page.GetByText("Cancel this order")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Closed" })).ToBeHiddenAsync();
        await page.GetByText("Cancel this order").ClickAsync();
        await Expect(page.GetByLabel("Note for your colleagues")).ToHaveValueAsync("Rang, no answer");
        await Expect(page.Locator(".now")).ToContainTextAsync("accepted");
    }

    [SkippableFact]
    public async Task Who_was_slower_is_told_what_happened_and_cancels_nothing()
    {
        var order = await App.PendingOrder();
        var (page, line) = await StaffOnASlowLine($"/dashboard/1/orders/{order.Number("id")}");
        await page.GetByText("Turn this order down").ClickAsync();
        line.Hold();
        await App.Step(order, "accept");
        await page.GetByRole(AriaRole.Button, new() { Name = "Closed" }).ClickAsync();
        line.Release();
        await Expect(page.Locator(".problem")).ToContainTextAsync("already accepted this order");
        await Expect(page.Locator(".now")).ToContainTextAsync("accepted");
    }
}
