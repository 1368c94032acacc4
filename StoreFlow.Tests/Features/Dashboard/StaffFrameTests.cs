using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>What is around every page of the staff: skip link, signing out, and what is shown before a page is there.</summary>
public sealed class StaffFrameTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task The_skip_link_takes_the_focus_past_the_header()
    {
        var board = await Staff(Olga);
        await board.Keyboard.PressAsync("Tab");
        await Expect(board.Locator(".skip")).ToBeFocusedAsync();
        await board.Keyboard.PressAsync("Enter");
        await Expect(board.Locator("#content")).ToBeFocusedAsync();
        await board.Keyboard.PressAsync("Tab");
        await Expect(board.GetByLabel("Reference, name or link")).ToBeFocusedAsync();
    }

    [SkippableFact]
    public async Task Signing_out_asks_and_says_where_something_typed_would_be_lost()
    {
        var order = (await App.OrderIn("packing", "shipping")).Number("id");
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await page.GetByLabel("Tracking code").FillAsync("1Z-TYPED");
        await Button(page.Locator("header"), "Sign out").ClickAsync();
        await Expect(dialog).ToContainTextAsync("What you typed on this page is not saved.");
        await Button(dialog, "Stay here").ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByLabel("Tracking code")).ToHaveValueAsync("1Z-TYPED");

        await Button(page.Locator("header"), "Sign out").ClickAsync();
        await Button(dialog, "Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/login"));

        var board = await Staff(Ana);
        await board.GetByLabel("Reference, name or link").FillAsync("mia"); // kept, and no work of anybody's
        await Button(board.Locator("header"), "Sign out").ClickAsync();
        var asked = board.GetByRole(AriaRole.Dialog);
        await Expect(asked).ToContainTextAsync("Sign out on this device?");
        await Expect(asked.GetByText("What you typed")).ToBeHiddenAsync();
        await Button(asked, "Sign out").ClickAsync();
        await Expect(board).ToHaveURLAsync(new Regex("/login"));
    }

    [SkippableFact]
    public async Task Without_scripts_the_page_says_what_it_needs()
    {
        var page = await Device(new() { JavaScriptEnabled = false });
        await SignIn(page.Context, Sam);
        await page.GotoAsync("/dashboard/1");
        await Expect(page.Locator("noscript p").Filter(new() { HasText = "This page needs JavaScript." })).ToBeVisibleAsync();
        await Expect(page.GetByText("One moment…")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task Until_the_page_is_there_it_asks_for_a_moment()
    {
        var page = await Device();
        await SignIn(page.Context, Sam);
        var script = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/blazor.web*.js", route => script.SetResult(route));
        await page.GotoAsync("/dashboard/1", new() { WaitUntil = WaitUntilState.Commit });
        await Expect(page.GetByText("One moment…")).ToBeVisibleAsync();
        await (await script.Task).ContinueAsync();
        await Expect(page.Locator("main.board")).ToBeVisibleAsync();
        await Expect(page.GetByText("One moment…")).ToBeHiddenAsync();
    }
}
