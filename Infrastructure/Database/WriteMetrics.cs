using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StoreFlow.Infrastructure;

/// <summary>What is measured of the database: the queue of writes, commits, and the write-ahead log.</summary>
internal sealed class WriteMetrics : IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _commit;

    /// <param name="queued">How many writes wait now.</param>
    /// <param name="trouble">What keeps the database from taking writes.</param>
    /// <param name="log">The path of the write-ahead log; null where it is a server's.</param>
    public WriteMetrics(Func<int> queued, Func<string?> trouble, string? log = null)
    {
        _wait = _meter.CreateHistogram("storeflow.write.wait", "s", "How long writes wait for their turn", advice: Buckets);
        _commit = _meter.CreateHistogram("storeflow.commit", "s", "How long commits take until they are on the disk", advice: Buckets);
        _meter.CreateObservableGauge("storeflow.write.queue.depth", queued, description: "Writes that wait now");
        if (log is not null)
            _meter.CreateObservableGauge("storeflow.wal.size", () => SizeOf(log), "By", "The write-ahead log");
        _meter.CreateObservableGauge(
            "storeflow.writes.refused", () => trouble() is null ? 0 : 1, description: "1 while the database takes no writes");
    }

    /// <summary>Bounds for what takes between a tenth of a millisecond and five seconds.</summary>
    public static InstrumentAdvice<double> Buckets { get; } = new()
    {
        HistogramBucketBoundaries = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5],
    };

    public void WaitedSince(long timestamp) => _wait.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    public void CommittedSince(long timestamp) => _commit.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    private static long SizeOf(string file)
    {
        var info = new FileInfo(file); // asks for its size without opening it
        return info.Exists ? info.Length : 0;
    }

    public void Dispose() => _meter.Dispose();
}
