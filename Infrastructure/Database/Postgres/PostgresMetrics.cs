using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StoreFlow.Infrastructure;

/// <summary>What is measured of the writes of this node; the names are those of the SQLite file's measures.</summary>
internal sealed class PostgresMetrics : IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _commit;

    public PostgresMetrics(Func<int> queued, Func<string?> trouble)
    {
        _wait = _meter.CreateHistogram("storeflow.write.wait", "s", "How long writes wait for their turn", advice: WriteMetrics.Buckets);
        _commit = _meter.CreateHistogram(
            "storeflow.commit", "s", "How long commits take until they are on the disk", advice: WriteMetrics.Buckets);
        _meter.CreateObservableGauge("storeflow.write.queue.depth", queued, description: "Writes that wait now");
        _meter.CreateObservableGauge(
            "storeflow.writes.refused", () => trouble() is null ? 0 : 1, description: "1 while the database takes no writes");
    }

    public void WaitedSince(long timestamp) => _wait.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    public void CommittedSince(long timestamp) => _commit.Record(Stopwatch.GetElapsedTime(timestamp).TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
