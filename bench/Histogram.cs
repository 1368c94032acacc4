using System.Numerics;

namespace StoreFlow.Bench;

/// <summary>Latencies in microseconds, counted in buckets that are at most 1.6 % wide.</summary>
internal sealed class Histogram
{
    private const int Bits = 6; // a doubling is cut into 64 buckets

    private readonly long[] _counts = new long[(64 - Bits) << Bits];

    public long Count { get; private set; }

    public void Add(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - Bits);
        _counts[(shift << Bits) + (int)(value >> shift)]++;
        Count++;
    }

    public void Add(Histogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>The latency in milliseconds that this share of all stayed at or below; null of nothing.</summary>
    public double? Milliseconds(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < _counts.Length; i++)
            if ((wanted -= _counts[i]) <= 0 && _counts[i] > 0)
            {
                var shift = Math.Max(0, (i >> Bits) - 1);
                return ((long)(i - (shift << Bits)) << shift) / 1000.0;
            }
        return null;
    }
}
