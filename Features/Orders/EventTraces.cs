using System.Collections.Concurrent;
using System.Diagnostics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>Leads from an event to the step that caused it, in traces. It keeps nothing unless traces are exported.</summary>
internal static class EventTraces
{
    private const int Most = 10_000;

    private static readonly ConcurrentDictionary<(long Order, long Version), ActivityContext> Steps = new();

    /// <summary>The step that <paramref name="activity"/> traces has made this version of the order. Comes before its commit.</summary>
    public static void Remember(Activity? activity, Order after)
    {
        if (activity is null)
            return;
        if (Steps.Count >= Most)
            Steps.Clear(); // mostly of steps that nobody announces: their commits failed, or nobody here listens to the store
        Steps[(after.Id, after.Version)] = activity.Context;
    }

    /// <summary>Traces the announcement as a part of its step, until it is disposed of.</summary>
    public static Activity? Announce(Announcement announcement) =>
        !Steps.IsEmpty && Steps.TryRemove((announcement.OrderId, announcement.Version), out var step)
            ? Telemetry.Source.StartActivity("announce", ActivityKind.Producer, step)
            : null;
}
