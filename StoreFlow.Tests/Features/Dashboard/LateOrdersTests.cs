using System.Text.Json;
using Dapper;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>The board sorts by what is due first and says what is late.</summary>
public sealed class LateOrdersTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task What_is_due_first_comes_first_and_what_is_late_says_so_and_can_be_shown_alone()
    {
        var first = await App.OrderIn("accepted");
        var second = await App.OrderIn("accepted");
        await Promise(first, 60);
        await Promise(second, 40);
        using (var db = App.OpenDatabase())
            db.Execute(
                "UPDATE orders SET promised_at = promised_at - 3600000, version = version + 1 WHERE id = @id",
                new { id = second.Number("id") });

        var board = await Staff();
        var cards = board.Locator("#column-accepted .order");
        await Expect(cards.Nth(0)).ToHaveIdAsync($"order-{second.Number("id")}");
        await Expect(cards.Nth(1)).ToHaveIdAsync($"order-{first.Number("id")}");
        await Expect(cards.Nth(0).Locator(".promise")).ToContainTextAsync("late");
        await Expect(board.Locator("#column-accepted h2")).ToContainTextAsync("1 late");
        await Expect(board).ToHaveTitleAsync("Orders · 1 late · StoreFlow");

        await Button(board.Locator(".tools"), "Late").ClickAsync();
        await Expect(cards).ToHaveCountAsync(1);
        await Expect(board.Locator("#column-accepted .count")).ToHaveTextAsync("1");
        await board.ReloadAsync();
        await Expect(cards).ToHaveCountAsync(1); // the device remembers
        await Button(board.Locator(".tools"), "Late").ClickAsync();
        await Expect(cards).ToHaveCountAsync(2);

        async Task Promise(JsonElement order, int minutes) => Assert.Equal(200, (await App.As(StoreFlowApp.Staff)
            .Patch($"/orders/{order.Number("id")}/promise", new { ready_in_minutes = minutes })).Status);
    }
}
