using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>What is done with several orders at once: selected, stepped, printed; and what is to be made.</summary>
public sealed class ManyAtOnceTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task One_step_is_taken_for_all_that_are_selected_and_the_loser_is_named()
    {
        var (first, second, lost) = (await App.PendingOrder(), await App.PendingOrder("shipping"), await App.PendingOrder());
        var other = await App.OrderIn("ready");
        var (board, line) = await StaffOnASlowLine("/dashboard/1");
        await Button(board.Locator(".tools"), "Select").ClickAsync();
        await board.GetByLabel("Select all: New").ClickAsync();
        var bar = board.Locator(".selection");
        await board.GetByLabel($"Select {other.Text("reference")}").CheckAsync();
        await Expect(bar).ToContainTextAsync("4 orders selected");

        var accept = Button(bar, "Accept 3");
        await Expect(accept).ToBeVisibleAsync();
        line.Hold(); // what Olga does is not seen here yet
        await App.Step(lost, "accept");
        var take = accept.ClickAsync();
        await Eventually.Holds(
            async () => (await App.As(StoreFlowApp.Owner).Get($"/orders/{second.Number("id")}")).Body.Text("status") == "accepted",
            "The step never came.");
        line.Release();
        await take;
        await Expect(bar.GetByRole(AriaRole.Status)).ToContainTextAsync("2 of 3 orders now accepted.");
        await Expect(bar.GetByRole(AriaRole.Status)).ToContainTextAsync($"{lost.Text("reference")}: Olga already accepted this order");
        foreach (var order in new[] { first, second, lost })
            await Expect(CardIn(board, "accepted", order.Number("id"))).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task What_ends_orders_asks_once()
    {
        var order = await App.OrderIn("ready", store: 2);
        var board = await Staff(Olga, "/dashboard/2");
        await Button(board.Locator(".tools"), "Select").ClickAsync();
        await board.GetByLabel($"Select {order.Text("reference")}").CheckAsync();
        var bar = board.Locator(".selection");
        await Button(bar, "Collected 1").DblClickAsync(); // the second click confirms nothing
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "Really? Collected 1" })).ToBeVisibleAsync();
        Assert.Equal("ready", (await App.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}")).Body.Text("status"));
        await Button(bar, "Really? Collected 1").ClickAsync();
        await Expect(CardIn(board, "done", order.Number("id"))).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Slips_of_a_selection_have_a_sender_boxes_and_a_page_each()
    {
        var (one, other) = (await App.OrderIn("accepted"), await App.OrderIn("accepted", "shipping"));
        var page = await Staff(path: $"/dashboard/1/slips?orders={one.Number("id")},{other.Number("id")},999999");
        var slips = page.Locator(".one-slip");
        await Expect(slips).ToHaveCountAsync(2);
        await Expect(slips.First).ToContainTextAsync("Quay Street 7, 20457 Hamburg");
        await Expect(slips.First).ToContainTextAsync(one.Text("reference"));
        await Expect(slips.First.Locator(".box")).ToHaveCountAsync(1);
        await Expect(slips.Nth(1)).ToContainTextAsync("Hamburg");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal(2, Pages(await page.PdfAsync(new() { PreferCSSPageSize = true })));
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll, 80 mm" }).ClickAsync();
        await Expect(page.Locator("main.roll")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task What_is_to_be_made_adds_up_and_a_product_marks_its_orders()
    {
        var order = await App.OrderIn("accepted", store: 2);
        var board = await Staff(Olga, "/dashboard/2");
        await Button(board.Locator(".tools"), "To make").ClickAsync();
        var rye = board.Locator(".to-make").GetByRole(AriaRole.Button);
        await Expect(rye).ToContainTextAsync("2 ×");
        await rye.ClickAsync();
        await Expect(Card(board, order.Number("id"))).ToHaveClassAsync("order marked");
        await App.OrderIn("accepted", store: 2);
        await Expect(rye).ToContainTextAsync("4 ×");
    }

    private static int Pages(byte[] pdf) =>
        System.Text.RegularExpressions.Regex.Matches(System.Text.Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b").Count;
}
