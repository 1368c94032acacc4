using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests;

internal static class ClockExtensions
{
    /// <summary>
    /// Sets the clock forward and lets the last hour of that pass. Where all of it passes, each of its minutes wakes the background work.
    /// </summary>
    public static void Jump(this FakeTimeProvider clock, TimeSpan time)
    {
        clock.AdjustTime(clock.GetUtcNow() + time - TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromHours(1));
    }
}
