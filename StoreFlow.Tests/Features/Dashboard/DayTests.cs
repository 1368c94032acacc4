using Dapper;
using Microsoft.Extensions.Time.Testing;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A board stays open over the midnight of its store, whose clocks are put back that night; the server is elsewhere.</summary>
public sealed class DayTests(DayTests.Berlin shop) : PageTest(shop), IClassFixture<DayTests.Berlin>
{
    /// <summary>
    /// A store in Berlin on a server in New York, half an hour into 25 October 2037, while summer time still holds. The year is in
    /// the future, because a browser drops cookies of the past.
    /// </summary>
    public sealed class Berlin : StoreFlowApp
    {
        public Berlin() => Time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("America/New_York"));

        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2037, 10, 24, 22, 30, 0, TimeSpan.Zero));

        protected override TimeProvider Clock => Time;
    }

    [SkippableFact]
    public async Task Today_begins_at_midnight_ends_at_the_next_and_a_message_leaves_by_itself()
    {
        using (var db = App.OpenDatabase())
            db.Execute("UPDATE stores SET time_zone = 'Europe/Berlin' WHERE id = 1");
        var early = await App.OrderIn("completed");
        var slip = await Staff(Sam, $"/dashboard/1/orders/{early.Number("id")}");
        await Expect(slip.Locator(".slip-head")).ToContainTextAsync("placed 25 Oct 2037, 00:30");
        await Expect(slip.Locator(".slip-head")).Not.ToContainTextAsync("UTC");

        shop.Time.Advance(TimeSpan.FromHours(12)); // 11:30, and it is winter
        var noon = await App.OrderIn("completed");
        var waiting = await App.PendingOrder();
        var (board, line) = await StaffOnASlowLine("/dashboard/1");
        foreach (var done in new[] { early, noon })
            await Expect(CardIn(board, "done", done.Number("id"))).ToBeVisibleAsync();

        line.Hold();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{waiting.Number("id")}/accept");
        await line.Arrived("Start preparing");
        await Button(CardIn(board, "new", waiting.Number("id")), "Accept").ClickAsync();
        line.Release();
        await Expect(board.Locator(".problem")).ToContainTextAsync("Mina already accepted this order");
        await Expect(board.Locator(".conflict")).ToHaveCountAsync(1);
        shop.Time.Advance(TimeSpan.FromSeconds(45));
        await Expect(board.Locator(".problem")).ToHaveCountAsync(0);
        await Expect(board.Locator(".conflict")).ToHaveCountAsync(0);

        shop.Time.Advance(TimeSpan.FromHours(12)); // 23:30
        await Expect(CardIn(board, "accepted", waiting.Number("id"))).ToBeVisibleAsync();
        await Expect(CardIn(board, "done", noon.Number("id"))).ToBeVisibleAsync();
        shop.Time.Advance(TimeSpan.FromMinutes(31)); // past midnight
        await Expect(board.Locator("#column-done .order")).ToHaveCountAsync(0);
        await Expect(CardIn(board, "accepted", waiting.Number("id"))).ToBeVisibleAsync();
    }
}
