using System.Globalization;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>
/// One measured figure. A rate also has the latencies in milliseconds and the server's CPU time in microseconds of each
/// request.
/// </summary>
internal sealed record Sample(double Value, double? P50 = null, double? P99 = null, double? P999 = null, double? CpuMicroseconds = null);

internal static class Figures
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>The median of the values that are not null; null if there are none.</summary>
    public static double? Median(this IEnumerable<double?> values)
    {
        var known = values.OfType<double>().ToList();
        return known.Count == 0 ? null : known.Quantile(0.5);
    }

    /// <summary>The value at this share of the sorted values, between its two neighbours where it falls between them.</summary>
    public static double Quantile(this IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var place = share * (sorted.Count - 1);
        var below = sorted[(int)place];
        return below + (sorted[(int)Math.Ceiling(place)] - below) * (place - (int)place);
    }

    /// <summary>About three digits; empty for null.</summary>
    public static string ToText(this double? value) => value is { } number ? number.ToText() : "";

    public static string ToText(this double value) => value.ToString(
        value switch
        {
            >= 100 => "N0",
            >= 10 => "0.0",
            _ => "0.00",
        },
        CultureInfo.InvariantCulture);
}
