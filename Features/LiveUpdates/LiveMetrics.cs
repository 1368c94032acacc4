using System.Diagnostics;
using System.Diagnostics.Metrics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>What is measured of live updates: who listens, and how long an event is on its way.</summary>
internal sealed class LiveMetrics : IDisposable
{
    private static readonly Meter Shared = new(Telemetry.Name);
    private static readonly Histogram<double> Lag = Shared.CreateHistogram(
        "storeflow.event.lag", "s", "From a commit until its event has been sent to a live client", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10],
        });

    private readonly Meter _meter = new(Telemetry.Name);

    /// <summary>Counts the listeners by the kind of their channel.</summary>
    public void Watch(Func<IEnumerable<(string Channel, int Listeners)>> channels) => _meter.CreateObservableGauge(
        "storeflow.live.subscribers",
        () =>
        {
            var counts = new Dictionary<string, int> { ["store"] = 0, ["customer"] = 0, ["person"] = 0 };
            foreach (var (channel, listeners) in channels())
                counts[Channels.KindOf(channel)] += listeners;
            return counts.Select(count => new Measurement<int>(count.Value, new KeyValuePair<string, object?>("channel", count.Key)));
        },
        description: "Live clients by what they listen to");

    /// <summary>An event has been sent. One that was missed and read later says nothing about the lag.</summary>
    public static void Sent(long committedAt)
    {
        if (committedAt != 0)
            Lag.Record(Stopwatch.GetElapsedTime(committedAt).TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
