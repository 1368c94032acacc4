using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>The one browser of the whole run. Each test opens its own context in it.</summary>
internal static class Chromium
{
    private const float Patience = 30_000; // milliseconds; an upper bound for a hung test, not a measure

    private static readonly string? Program =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private static readonly Lazy<Task<IBrowser>> Started = new(Start);

    /// <summary>
    /// A context like a fresh device. Without a browser the test is skipped, or fails where <c>STOREFLOW_BROWSER</c> says
    /// <c>required</c>.
    /// </summary>
    public static async Task<IBrowserContext> NewContext(BrowserNewContextOptions options)
    {
        var required = Environment.GetEnvironmentVariable("STOREFLOW_BROWSER") == "required";
        Assert.True(
            Program is not null || !required,
            "STOREFLOW_BROWSER says that a browser is required, and there is no Chromium on this machine.");
        Skip.If(Program is null, "The tests of the pages need Chromium, as in: apt-get install chromium");
        var context = await (await Started.Value).NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return context;
    }

    private static async Task<IBrowser> Start()
    {
        var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => playwright.Dispose();
        return browser;
    }
}
