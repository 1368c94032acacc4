using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Printers;

/// <summary>Printers and tickets on the staff's pages, in a real browser.</summary>
public sealed class TicketPageTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static readonly BrowserNewContextOptions Tablet = new()
    {
        ViewportSize = new() { Width = 820, Height = 1180 },
        HasTouch = true,
    };

    [SkippableFact]
    public async Task The_manager_adds_a_printer_reads_what_to_type_into_it_and_sees_that_it_asks()
    {
        var page = await Staff(Mina, "/dashboard/2/printers", Tablet);
        await Press(page, "Add a printer").TapAsync();
        await Press(page, "Save").TapAsync();
        await Expect(page.Locator("#f-name-error")).ToBeVisibleAsync();
        await page.GetByLabel("Name").FillAsync("Kitchen");
        await page.GetByLabel("Paper").SelectOptionAsync("58");
        await Press(page, "Save").TapAsync();
        await Expect(page.GetByText("Type this into the printer now")).ToBeVisibleAsync();
        var told = await page.Locator(".facts").InnerTextAsync();
        var path = Regex.Match(told, "/cloudprnt/[0-9]+").Value;
        var user = Regex.Match(told, "printer-[0-9]+").Value;
        var password = await page.GetByLabel("The password", new() { Exact = true }).InputValueAsync();
        await Press(page, "Done").TapAsync();
        await Expect(page.GetByText("It has never asked for a ticket.")).ToBeVisibleAsync();

        var printer = new SimulatedPrinter(App, path, user, password);
        Assert.Null(await printer.Offered("410%20Out%20of%20paper"));
        await Press(page, "Look again").TapAsync();
        await Expect(page.GetByText("It is out of paper.")).ToBeVisibleAsync();

        await Press(page, "Switch off Kitchen").TapAsync();
        await Expect(page.GetByText("Switched off.")).ToBeVisibleAsync();
        await Press(page, "Edit Kitchen").TapAsync();
        await Press(page, "Remove Kitchen").TapAsync();
        await Press(page, "Yes, remove").TapAsync();
        await Expect(page.GetByText("Removed. It gets no more tickets.")).ToBeVisibleAsync();
        Assert.Equal(401, (await printer.Poll()).Status);
    }

    [SkippableFact]
    public async Task The_order_shows_its_tickets_and_prints_one_again()
    {
        var (status, made) = await App.As(StoreFlowApp.Owner).Post("/merchant/stores/1/printers", new { name = "Bar" });
        Assert.Equal(201, status);
        var printer = new SimulatedPrinter(App, made.Text("path"), made.Text("user"), made.Text("password"));
        var order = await App.OrderIn("accepted");
        await Eventually.Holds(async () => await printer.Offered() is not null, "No ticket comes.");
        await printer.Work();
        var page = await Staff(Sam, $"/dashboard/1/orders/{order.Number("id")}", new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            HasTouch = true,
        });
        var panel = page.Locator("section[aria-labelledby=tickets]");
        await Expect(panel).ToContainTextAsync("Bar: printed");
        await Press(page, "Print ticket").TapAsync();
        await Expect(panel).ToContainTextAsync("The printer gets it when it asks next.");
        await Expect(panel.Locator("li")).ToHaveCountAsync(2);
        await printer.Work();
        Assert.Contains("PRINTED AGAIN", printer.Printed[^1], StringComparison.Ordinal);
        await Expect(panel.Locator("li").First).ToContainTextAsync("Bar: printed", new() { Timeout = 30_000 });
    }

    [SkippableFact]
    public async Task One_tap_prints_the_kitchen_ticket_without_prices()
    {
        var order = await App.PendingOrder();
        var page = await Counting(await Device());
        await SignIn(page.Context, Sam);
        await page.GotoAsync($"/dashboard/1/orders/{order.Number("id")}");
        await Press(page, "Print kitchen ticket").ClickAsync();
        await Becomes(page, "window.printed?.length === 1");
        var ticket = await page.EvaluateAsync<string>("window.printed[0]");
        Assert.Contains(order.Text("reference"), ticket, StringComparison.Ordinal);
        Assert.DoesNotContain("€", ticket, StringComparison.Ordinal);

        await page.GotoAsync($"/dashboard/1/orders/{order.Number("id")}/ticket");
        await Expect(page.Locator("pre")).ToContainTextAsync(order.Text("reference"));
        foreach (var path in new[] { "/dashboard/2/orders/1/ticket", "/dashboard/1/orders/999999/ticket" })
            Assert.Equal(404, (await page.Context.APIRequest.GetAsync(path)).Status);
    }

    [SkippableFact]
    public async Task A_device_that_is_set_to_prints_each_accepted_order_once_over_its_tabs_and_over_reloads()
    {
        var before = await App.OrderIn("accepted"); // from now on, not those of before
        var page = await Counting(await Device(Tablet));
        await SignIn(page.Context, Sam);
        await page.GotoAsync("/dashboard/1");
        await page.GetByText("More", new() { Exact = true }).ClickAsync();
        var button = page.Locator("[data-tickets]");
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/dashboard/1");

        var orders = new[] { await App.OrderIn("accepted"), await App.OrderIn("accepted") };
        await Eventually.Holds(async () => (await Printed()).Length == 2, "The tickets do not come.");
        foreach (var order in orders)
            Assert.Single(await Printed(), ticket => ticket.Contains(order.Text("reference"), StringComparison.Ordinal));
        await page.ReloadAsync();
        var third = await App.OrderIn("accepted");
        await Eventually.Holds(async () => (await Printed()).Length == 3, "No ticket comes after a reload.");
        Assert.Contains(await Printed(), ticket => ticket.Contains(third.Text("reference"), StringComparison.Ordinal));
        Assert.DoesNotContain(await Printed(), ticket => ticket.Contains(before.Text("reference"), StringComparison.Ordinal));

        await page.GetByText("More", new() { Exact = true }).ClickAsync();
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");

        Task<string[]> Printed() => page.EvaluateAsync<string[]>("JSON.parse(localStorage.getItem('test.printed') ?? '[]')");
    }

    // Each frame tells what it would print; the device keeps it over reloads and tabs.
    private static async Task<IPage> Counting(IPage page)
    {
        await page.Context.AddInitScriptAsync("""
            window.print = () => {
              top.printed = [...(top.printed ?? []), document.querySelector('pre').textContent];
              const kept = JSON.parse(localStorage.getItem('test.printed') ?? '[]');
              localStorage.setItem('test.printed', JSON.stringify([...kept, document.querySelector('pre').textContent]));
            };
            """);
        return page;
    }

    private static ILocator Press(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name }).And(page.Locator(":not([data-settling])"));
}
