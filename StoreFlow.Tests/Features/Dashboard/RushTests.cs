using System.Text.Json;
using Microsoft.Playwright;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Pages;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>
/// Orders come in while three clerks work them off on three screens. Each looks at a button and taps its place 350 ms later,
/// whatever stands there by then. No step is taken on another order, and no order is lost.
/// </summary>
public sealed class RushTests(StoreFlowApp app, ITestOutputHelper output) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private const int Reaction = 350; // ms

    // The page guards a button for so long. On a loaded machine this test's own hand may be slower than that.
    private const int Guarded = 500; // ms

    private const string Path = "/dashboard/1";

    private static readonly int Orders = Effort.Of(5, 60);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(Effort.Of(1, 3));

    private sealed record Tap(string Order, string Step, double X, double Y, double LookedAt);

    private sealed record Count
    {
        public int Taps { get; set; }
        public int Refused { get; set; }
        public int Nothing { get; set; }
        public List<string> Wrong { get; } = [];
    }

    [SkippableFact]
    public async Task No_step_is_taken_on_another_order_and_no_order_is_lost()
    {
        var boards = await Task.WhenAll(Board(820, 1180), Board(1180, 820), Board(360, 740));
        var placed = Task.Run(async () =>
        {
            for (var i = 0; i < Orders; i++)
            {
                await App.PendingOrder(name: $"Rush {i}");
                await Task.Delay(Between);
            }
        });
        var counts = await Task.WhenAll(boards.Select(board => WorkAsync(board, placed)));
        await placed;

        foreach (var count in counts)
            output.WriteLine($"{count.Taps} taps, {count.Refused} refused, {count.Nothing} on nothing, {count.Wrong.Count} wrong");
        Assert.Empty(counts.SelectMany(count => count.Wrong));
        var (_, all) = await App.As(StoreFlowApp.Owner).Get("/stores/1/orders?limit=200");
        Assert.Equal(Orders, all.GetProperty("orders").GetArrayLength());
        Assert.All(all.GetProperty("orders").EnumerateArray(), order => Assert.Equal("completed", order.Text("status")));
    }

    private async Task<IPage> Board(int width, int height)
    {
        var page = await Device(new() { ViewportSize = new() { Width = width, Height = height }, HasTouch = true });
        // Before the page's own scripts: a click is written down even where they refuse it.
        await page.AddInitScriptAsync("""
            window.clicked = null;
            addEventListener('click', event => {
              const button = event.target.closest?.('.step');
              const { order = null, step = null } = button?.dataset ?? {};
              window.clicked = { order, step, passed: false, at: event.timeStamp };
            }, true);
            addEventListener('click', () => { window.clicked.passed = true; });
            """);
        await SignIn(page.Context, Sam);
        await page.GotoAsync(Path);
        await Expect(page.Locator("main.board")).ToBeVisibleAsync();
        return page;
    }

    private async Task<Count> WorkAsync(IPage board, Task placed)
    {
        var (count, random, patience) = (new Count(), new Random(board.ViewportSize!.Width), DateTimeOffset.UtcNow.AddMinutes(12));
        while (DateTimeOffset.UtcNow < patience)
        {
            if (!board.Url.EndsWith(Path, StringComparison.Ordinal))
                await board.GotoAsync(Path); // a tap that came late met the link of an order, which takes no step
            if (await NextAsync(board, random.NextDouble()) is not { } tap)
            {
                if (placed.IsCompleted && await IsDoneAsync())
                    break;
                await Task.Delay(100);
                continue;
            }
            await Task.Delay(Reaction); // the eye is on the button, the finger on its way
            await board.EvaluateAsync("() => { window.clicked = null; }");
            await board.Touchscreen.TapAsync((float)tap.X, (float)tap.Y);
            count.Taps++;
            JsonElement clicked;
            try
            {
                await Eventually.Holds(() => board.EvaluateAsync<bool>("() => window.clicked !== null"), "The browser reported no click.");
                clicked = await board.EvaluateAsync<JsonElement>("() => window.clicked");
            }
            catch (PlaywrightException) when (!board.Url.EndsWith(Path, StringComparison.Ordinal))
            {
                count.Nothing++;
                continue;
            }
            if (clicked.GetProperty("order").GetString() is not { } order)
                count.Nothing++;
            else if (!clicked.GetProperty("passed").GetBoolean())
                count.Refused++;
            else if ((order, clicked.Text("step")) != (tap.Order, tap.Step)
                && clicked.GetProperty("at").GetDouble() - tap.LookedAt < Guarded)
                count.Wrong.Add($"meant {tap.Step} of {tap.Order}, took {clicked.Text("step")} of {order}");
        }
        return count;
    }

    /// <summary>A button of a step that is on the screen whole and can be tapped; null where there is none.</summary>
    private static async Task<Tap?> NextAsync(IPage board, double choice)
    {
        var found = await board.EvaluateAsync<JsonElement?>("""
            choice => {
              const free = [...document.querySelectorAll('button.step:not(.minutes):not([data-waiting])')].filter(button => {
                const box = button.getBoundingClientRect();
                const under = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return under?.closest('.step') === button;
              });
              if (free.length === 0) {
                // A phone shows one column at a time.
                const elsewhere = [...document.querySelectorAll('.column:not([data-shown])')]
                  .find(column => column.querySelector('button.step:not(.minutes):not([data-waiting])'));
                const tab = document.querySelector(`.jump a[href$="#${elsewhere?.id}"]`);
                const here = document.querySelector('.column[data-shown] button.step:not(.minutes):not([data-waiting])');
                if (innerWidth <= 640 && tab && !here) tab.click();
                document.querySelector('button.step:not(.minutes):not([data-waiting])')?.scrollIntoView({ block: 'center' });
                return null;
              }
              const button = free[Math.floor(choice * free.length)];
              const box = button.getBoundingClientRect();
              const { order, step } = button.dataset;
              return { order, step, x: box.left + box.width / 2, y: box.top + box.height / 2, at: performance.now() };
            }
            """, choice);
        return found is { ValueKind: JsonValueKind.Object } tap
            ? new(tap.Text("order"), tap.Text("step"), tap.GetProperty("x").GetDouble(), tap.GetProperty("y").GetDouble(),
                tap.GetProperty("at").GetDouble())
            : null;
    }

    private async Task<bool> IsDoneAsync() =>
        (await App.As(StoreFlowApp.Owner).Get("/stores/1/orders?status=active")).Body.GetProperty("orders").GetArrayLength() == 0;
}
