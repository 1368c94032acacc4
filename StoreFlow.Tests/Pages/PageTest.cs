using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>
/// A test in a real browser against the real server. Each device is its own context. At the end no page may have broken the
/// content security policy, thrown, or written an error to its console.
/// </summary>
public abstract class PageTest(StoreFlowApp app) : IAsyncLifetime
{
    protected const string Olga = "owner@demo.example";
    protected const string Mina = "manager@demo.example";
    protected const string Sam = "staff@demo.example";
    protected const string Ana = "ana@demo.example";
    protected const string Password = "storeflow-demo";

    private readonly List<IBrowserContext> _devices = [];
    private readonly List<string> _complaints = [];

    protected StoreFlowApp App => app;

    /// <summary>Where the pages are.</summary>
    protected virtual Uri Address => app.Address;

    /// <summary>A page of a fresh device, on which nobody is signed in.</summary>
    protected async Task<IPage> Device(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.BaseURL = Address.ToString();
        options.Locale ??= "en-GB";
        options.TimezoneId ??= "UTC";
        var device = await Chromium.NewContext(options);
        _devices.Add(device);
        device.Console += (_, message) =>
        {
            if (message.Type == "error")
                Complain($"{message.Page?.Url} wrote: {message.Text} {message.Location}");
        };
        device.WebError += (_, error) => Complain($"{error.Page?.Url} threw: {error.Error}");
        await device.AddInitScriptAsync("""
            document.addEventListener('securitypolicyviolation', e =>
              console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
            """);
        return await device.NewPageAsync();
    }

    /// <summary>A page of a fresh device whose person has signed in, on the board of a store or elsewhere.</summary>
    protected async Task<IPage> Staff(string email = Sam, string path = "/dashboard/1", BrowserNewContextOptions? options = null)
    {
        var page = await Device(options);
        await SignIn(page.Context, email);
        await page.GotoAsync(path);
        await Expect(page.Locator("main")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Signs a device in without the form.</summary>
    protected static async Task SignIn(IBrowserContext device, string email)
    {
        var form = device.APIRequest.CreateFormData();
        form.Set("email", email);
        form.Set("password", Password);
        var answer = await device.APIRequest.PostAsync("/login", new() { Form = form, MaxRedirects = 0 });
        Assert.Equal(302, answer.Status);
    }

    /// <summary>An order's card on a board.</summary>
    protected static ILocator Card(IPage board, long order) => board.Locator($"#order-{order}");

    /// <summary>The column in which an order's card stands.</summary>
    protected static ILocator CardIn(IPage board, string column, long order) => board.Locator($"#column-{column} #order-{order}");

    /// <summary>Shows a column on a phone, where one is shown at a time.</summary>
    protected static async Task ShowColumn(IPage board, string column)
    {
        if (board.ViewportSize?.Width > 640)
            return;
        await board.Locator($".jump a[href$='#column-{column}']").ClickAsync();
        await Expect(board.Locator($"#column-{column}")).ToBeVisibleAsync();
    }

    /// <summary>A button that takes taps. A step's button takes them once it has stood in its place for a moment.</summary>
    protected static ILocator Button(ILocator within, string name) =>
        within.GetByRole(AriaRole.Button, new() { Name = name }).And(within.Page.Locator(":not([data-settling])"));

    /// <summary>A page of a fresh device whose person has signed in, on a line that a test can hold back.</summary>
    private protected async Task<(IPage Page, HeldNews Line)> StaffOnASlowLine(string path)
    {
        var page = await Device();
        var line = await HeldNews.On(page);
        await SignIn(page.Context, Sam);
        await page.GotoAsync(path);
        return (page, line);
    }

    /// <summary>Waits until an expression is true in a page. Playwright's own wait polls by <c>eval</c>, which the pages forbid.</summary>
    protected static Task Becomes(IPage page, string expression, object? argument = null) =>
        Eventually.Holds(() => page.EvaluateAsync<bool>(expression, argument), $"This did not become true: {expression}");

    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    protected static IPageAssertions Expect(IPage page) => Assertions.Expect(page);

    /// <summary>Whether a test causes this message on the browser's console on purpose.</summary>
    protected virtual bool IsExpected(string complaint) => false;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var device in _devices)
            await device.CloseAsync();
        lock (_complaints)
            Assert.True(_complaints.Count == 0, string.Join("\n", _complaints));
    }

    private void Complain(string complaint)
    {
        lock (_complaints)
            if (!IsExpected(complaint))
                _complaints.Add(complaint);
    }
}
