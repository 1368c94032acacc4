using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>The pages allow what the person at the screen may do now, not what they could do when the page was opened.</summary>
public sealed class RightsTests(RightsTests.Fresh fresh) : PageTest(fresh.App), IClassFixture<RightsTests.Fresh>, IDisposable
{
    /// <summary>Each test has its own shop, because these tests change the rights of people.</summary>
    public sealed class Fresh : IDisposable
    {
        public StoreFlowApp App { get; private set; } = new();

        public void Renew()
        {
            App.Dispose();
            App = new();
        }

        public void Dispose() => App.Dispose();
    }

    [SkippableFact]
    public async Task Staff_of_one_store_sees_no_other()
    {
        var here = await App.PendingOrder(store: 1);
        var there = await App.PendingOrder(store: 2);
        var rivals = await App.PendingOrder(store: 3);
        var page = await Staff();
        await Expect(page.GetByLabel("Store")).ToHaveCountAsync(0);
        await Expect(page.Locator("header .store")).ToHaveTextAsync("Corner Market Harbour");

        foreach (var (path, sentence) in new[]
        {
            ("/dashboard/2", "There is no such store, or you do not work there."),
            ("/dashboard/3", "There is no such store, or you do not work there."),
            ("/dashboard/999", "There is no such store, or you do not work there."),
            ($"/dashboard/2/orders/{there.Number("id")}", "There is no such order, or it is not one of yours"),
            ($"/dashboard/3/orders/{rivals.Number("id")}", "There is no such order, or it is not one of yours"),
            ($"/dashboard/1/orders/{there.Number("id")}", "There is no such order, or it is not one of yours"),
            ($"/dashboard/2/orders/{here.Number("id")}", "There is no such order, or it is not one of yours"),
            ("/dashboard/1/orders/999999", "There is no such order, or it is not one of yours"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(sentence);
            foreach (var order in new[] { here, there, rivals })
                await Expect(page.Locator("body")).Not.ToContainTextAsync(order.Text("reference"));
        }
    }

    [SkippableFact]
    public async Task Who_does_not_work_here_any_more_is_led_away_from_the_open_board()
    {
        var order = await App.PendingOrder();
        var board = await Staff();
        await Expect(Card(board, order.Number("id"))).ToBeVisibleAsync();

        Change("DELETE FROM store_assignments WHERE user_id = (SELECT id FROM users WHERE email = @who)", Sam);
        await Expect(board.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("You are not assigned to a store. Ask the owner of the shop.");
        await Expect(board.Locator("body")).Not.ToContainTextAsync(order.Text("reference"));
    }

    [SkippableTheory]
    [InlineData("UPDATE users SET active = 0 WHERE email = @who")]
    [InlineData("UPDATE users SET password_hash = 'another' WHERE email = @who")]
    public async Task An_open_page_ends_with_the_account_or_its_password(string change)
    {
        var order = await App.PendingOrder();
        var board = await Staff();
        var page = await Staff(Sam, $"/dashboard/1/orders/{order.Number("id")}");
        await Expect(Card(board, order.Number("id"))).ToBeVisibleAsync();

        Change(change, Sam);
        await Expect(board).ToHaveURLAsync($"{Address}login?ReturnUrl=%2Fdashboard");
        await Expect(page).ToHaveURLAsync($"{Address}login?ReturnUrl=%2Fdashboard");
    }

    [SkippableFact]
    public async Task An_owner_who_is_one_no_more_does_not_override_from_an_open_page()
    {
        var order = (await App.OrderIn("accepted")).Number("id");
        var page = await Staff(Olga, $"/dashboard/1/orders/{order}");
        await page.GetByText("Override the status").ClickAsync();
        await page.GetByLabel("New status").SelectOptionAsync("completed");
        await page.GetByLabel("Reason, for the audit log").FillAsync("For old times' sake");
        var before = await App.Traces(order, StoreFlowApp.Manager);

        Change("""
            INSERT INTO store_assignments (user_id, store_id) SELECT id, 1 FROM users WHERE email = @who;
            UPDATE users SET role = 'staff' WHERE email = @who
            """, Olga);
        await Button(page.Locator("main"), "Override").ClickAsync();

        await Expect(page.Locator(".problem")).ToContainTextAsync("Only the owner may override.");
        await Expect(page.GetByText("Override the status")).ToHaveCountAsync(0);
        Assert.Equal(before, await App.Traces(order, StoreFlowApp.Manager));
    }

    private void Change(string sql, string who)
    {
        using var db = App.OpenDatabase();
        db.Execute(sql, new { who });
    }

    public void Dispose() => fresh.Renew();
}
