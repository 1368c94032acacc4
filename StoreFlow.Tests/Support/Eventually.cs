using System.Diagnostics;

namespace StoreFlow.Tests;

/// <summary>Waits for what has to come, for as long as a slow machine may need and no longer than a hung test may take.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static async Task Holds(Func<Task<bool>> condition, string otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(waited.Elapsed < Patience, otherwise);
            await Task.Delay(20);
        }
    }

    public static Task Holds(Func<bool> condition, string otherwise) => Holds(() => Task.FromResult(condition()), otherwise);
}
