using System.Diagnostics;
using HdrHistogram;

namespace StoreFlow.Bench;

/// <summary>Latencies in microseconds, in a histogram with two significant digits.</summary>
internal static class Latency
{
    private const long HighestMicroseconds = 3_600_000_000;

    public static HistogramBase NewHistogram() => new LongHistogram(HighestMicroseconds, numberOfSignificantValueDigits: 2);

    /// <summary>Records the time between two values of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static void Record(this HistogramBase histogram, long from, long to) =>
        histogram.RecordValue((long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds);

    /// <summary>The latency in milliseconds at a percentile (0 to 100), or null if nothing was recorded.</summary>
    public static double? Milliseconds(this HistogramBase histogram, double percentile) =>
        histogram.TotalCount == 0 ? null : histogram.GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>A sample with this rate and the histogram's percentiles.</summary>
    public static Sample ToSample(this HistogramBase histogram, double perSecond, double? cpuMicroseconds = null) =>
        new(perSecond, histogram.Milliseconds(50), histogram.Milliseconds(99), histogram.Milliseconds(99.9), cpuMicroseconds);
}
