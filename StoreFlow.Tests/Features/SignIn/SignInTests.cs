using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>Who can sign in, what a stranger can learn from the sign-in page, and when a session ends.</summary>
public sealed class SignInTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task A_wrong_password_and_an_unknown_person_get_the_same_answer()
    {
        using var wrong = await App.SignIn(Mina, "wrong");
        using var unknown = await App.SignIn("nobody@demo.example", "wrong");
        using var empty = await App.SignIn("", "");

        Assert.Equal(401, (int)wrong.StatusCode);
        Assert.Contains("This e-mail address and password do not go together.", await wrong.Content.ReadAsStringAsync());
        Assert.Equal(await Seen(wrong, Mina), await Seen(unknown, "nobody@demo.example"));
        Assert.Equal(401, (int)empty.StatusCode);
        Assert.All([wrong, unknown, empty], answer => Assert.False(answer.Headers.Contains("Set-Cookie")));

        static async Task<string> Seen(HttpResponseMessage answer, string email)
        {
            var headers = answer.Headers
                .Where(header => header.Key != "Date")
                .Select(header => $"{header.Key}: {string.Join(' ', header.Value)}");
            return $"{(int)answer.StatusCode} {string.Join(", ", headers)} "
                + (await answer.Content.ReadAsStringAsync()).Replace(email, "?");
        }
    }

    [Theory]
    [InlineData("/dashboard/1/orders/5", "/dashboard/1/orders/5")]
    [InlineData("/dashboard/1?q=a%20b", "/dashboard/1?q=a%20b")]
    [InlineData("", "/dashboard")]
    [InlineData("https://evil.example", "/dashboard")]
    [InlineData("//evil.example", "/dashboard")]
    [InlineData("/\\evil.example", "/dashboard")]
    [InlineData("\\\\evil.example", "/dashboard")]
    [InlineData("/\t/evil.example", "/dashboard")]
    [InlineData("javascript:alert(1)", "/dashboard")]
    [InlineData("evil.example", "/dashboard")]
    public async Task It_leads_to_a_page_of_this_server_only(string returnUrl, string to)
    {
        using var answer = await App.SignIn(Mina, Password, returnUrl);
        Assert.Equal(302, (int)answer.StatusCode);
        Assert.Equal(to, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_cookie_is_for_this_server_and_not_for_scripts()
    {
        using var answer = await App.SignIn(Mina, Password);
        var session = answer.Headers.GetValues("Set-Cookie")
            .Single(cookie => cookie.StartsWith("storeflow=", StringComparison.Ordinal));
        Assert.Contains("samesite=lax", session);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("httponly", cookie));
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("samesite=", cookie));
    }

    [Theory]
    [InlineData("UPDATE users SET active = 0 WHERE email = @Ana")]
    [InlineData("UPDATE users SET password_hash = 'another' WHERE email = @Ana")]
    public async Task A_session_ends_with_the_account_or_with_its_password(string change)
    {
        using var own = new StoreFlowApp();
        using var ana = await own.SignedIn(Ana);
        Assert.Equal(200, (await ana.Get("/stores/1/orders")).Status);

        using (var db = own.OpenDatabase())
            db.Execute(change, new { Ana });
        Assert.Equal(401, (await ana.Get("/stores/1/orders")).Status);
        using var page = await ana.GetAsync("/dashboard/1");
        Assert.Equal((302, "/login?ReturnUrl=%2Fdashboard%2F1"), ((int)page.StatusCode, page.Headers.Location!.OriginalString));
    }

    [SkippableFact]
    public async Task Signing_out_ends_the_pages_of_the_other_tabs_too()
    {
        var order = await App.PendingOrder();
        var board = await Staff();
        var page = await board.Context.NewPageAsync();
        await page.GotoAsync($"/dashboard/1/orders/{order.Number("id")}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(order.Text("reference"));

        await Button(board.Locator("header"), "Sign out").ClickAsync();
        await Button(board.GetByRole(AriaRole.Dialog), "Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync($"{Address}login?ReturnUrl=%2Fdashboard");
    }

    [SkippableFact]
    public async Task Signing_out_ends_the_session()
    {
        var page = await Staff();
        await Button(page.Locator("header"), "Sign out").ClickAsync();
        await Button(page.GetByRole(AriaRole.Dialog), "Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync($"{Address}login");
        await page.GotoAsync("/dashboard/1");
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();

        // And back to where they were going.
        await page.GetByLabel("E-mail address").FillAsync(Sam);
        await page.GetByLabel("Password").FillAsync(Password);
        await Button(page.Locator("main"), "Sign in").ClickAsync();
        await Expect(page).ToHaveURLAsync($"{Address}dashboard/1");
        await Expect(page.Locator("#column-new")).ToBeVisibleAsync();
    }
}
