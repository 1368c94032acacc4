using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>Each page checked by axe, in light and in dark, and the size of what people tap.</summary>
public sealed class AccessibilityTests(EveryPage shop) : PageTest(shop), IClassFixture<EveryPage>
{
    public static TheoryData<string> Pages => EveryPage.All;

    // The pages that answer 400, 401 or 404.
    protected override bool IsExpected(string complaint) => complaint.Contains("Failed to load resource");

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public async Task Everybody_can_read_and_tap(string name)
    {
        var page = await Device(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        await shop.Open(page, name, email => SignIn(page.Context, email));
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            await AssertNoSeriousIssue(page, scheme);
        await page.SetViewportSizeAsync(360, 740);
        await AssertLargeTargets(page);
    }

    private static async Task AssertNoSeriousIssue(IPage page, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        // Labels change their colour over a moment. In between it is neither the old nor the new one.
        await page.EvaluateAsync("""
            () => Promise.allSettled(document.getAnimations()
              .filter(it => it.effect.getComputedTiming().endTime !== Infinity)
              .map(it => it.finished))
            """);
        var found = await page.RunAxe(new()
        {
            RunOnly = scheme is ColorScheme.Light ? null : RunOnlyOptions.Rules("color-contrast"), // in the dark only the colours differ
            ResultTypes = [ResultType.Violations], // what passes need not be told at length
        });
        var issues = found.Violations.Where(issue => issue.Impact is "serious" or "critical")
            .SelectMany(issue => issue.Nodes.Select(node =>
                $"{scheme} {issue.Id}: {issue.Help} {node.Html} {node.Any.FirstOrDefault()?.Message}"))
            .ToList();
        Assert.True(issues.Count == 0, string.Join('\n', issues));
    }

    // A link within a sentence is text. Everything else that people tap is 44 pixels high and wide, with its label.
    private static async Task AssertLargeTargets(IPage page)
    {
        var small = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
              .filter(it => it.checkVisibility({ visibilityProperty: true }) && !it.closest('.skip'))
              .filter(it => !(it.matches('a')
                && [...it.parentElement.childNodes].some(near => near.nodeType === Node.TEXT_NODE && near.data.trim())))
              .map(it => [it, (it.closest('label') ?? it.closest('.mud-input') ?? it).getBoundingClientRect()])
              .filter(([, box]) => Math.round(box.width) < 44 || Math.round(box.height) < 44)
              .map(([it, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${it.outerHTML.slice(0, 150)}`)
            """);
        Assert.True(small.Length == 0, string.Join('\n', small));
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than a phone.");
    }
}
