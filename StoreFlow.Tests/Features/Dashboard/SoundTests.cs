using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>The board says whether it can be heard: a browser keeps a page silent until somebody has tapped on it.</summary>
public sealed class SoundTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task A_board_that_nobody_has_tapped_says_that_it_is_silent()
    {
        var board = await Staff();
        var (sound, page) = (board.Locator("[data-sound]"), board.Locator("html"));
        await Expect(sound).ToHaveTextAsync("Tap for sound");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "false");
        var silent = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, silent)).ToHaveClassAsync("order fresh");
        Assert.Null(await page.GetAttributeAsync("data-chimes"));

        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "true");
        await App.PendingOrder();
        await Expect(page).ToHaveAttributeAsync("data-chimes", "1");

        await board.ReloadAsync();
        await Expect(sound).ToHaveTextAsync("Tap for sound");
        await board.GetByLabel("Reference, name or link").ClickAsync(); // any tap will do
        await Expect(sound).ToHaveTextAsync("Sound on");
    }

    [SkippableFact]
    public async Task Sound_that_is_switched_off_stays_off()
    {
        var board = await Staff();
        var sound = board.Locator("[data-sound]");
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound off");
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "false");

        await board.ReloadAsync();
        await Expect(sound).ToHaveTextAsync("Sound off");
        var silent = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, silent)).ToHaveClassAsync("order fresh");
        await sound.ClickAsync();
        await Expect(sound).ToHaveTextAsync("Sound on");
        var heard = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, heard)).ToHaveClassAsync("order fresh");
        await Expect(board.Locator("html")).ToHaveAttributeAsync("data-chimes", "1");
    }
}
