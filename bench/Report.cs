using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>One figure with, where it is a rate, the latencies in milliseconds and the server's computing time for each.</summary>
internal sealed record Sample(double Value, double? P50 = null, double? P99 = null, double? P999 = null, double? CpuMicroseconds = null);

/// <summary>Collects the figures of all repetitions; what is printed is their median, and ratios are medians of each repetition's own.</summary>
internal sealed class Report
{
    private sealed record Row(string Name, string Unit, List<Sample> Samples);

    private sealed record Wanted(string Name, string? Over, string What, Func<Sample, double?> Of, double? Least, double? Most)
    {
        public string Title => $"{Name}{(Over is null ? "" : $" ÷ {Over}")}{(What == "" ? "" : $", {What}")}";
    }

    private readonly List<Row> _rows = [];
    private readonly List<Wanted> _wanted = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds the figure of one repetition, and tells it at once on the error stream.</summary>
    public void Add(string name, string unit, Sample sample)
    {
        if (_rows.Find(row => row.Name == name) is not { } row)
            _rows.Add(row = new(name, unit, []));
        row.Samples.Add(sample);
        Console.Error.WriteLine($"  {name}: {Number(sample.Value)} {unit}{(sample.P99 is { } p99 ? $", p99 {Number(p99)} ms" : "")}");
    }

    public void Note(string text) => _notes.Add(text);

    /// <summary>States what a figure should at least or at most be; of its samples the value counts, or <paramref name="of"/>, called <paramref name="what"/>.</summary>
    public void Bound(string name, double? least = null, double? most = null, Func<Sample, double?>? of = null, string what = "") =>
        _wanted.Add(new(name, null, what, of ?? (sample => sample.Value), least, most));

    /// <summary>The same of one figure divided by another.</summary>
    public void Ratio(string name, string over, double? least = null, double? most = null, Func<Sample, double?>? of = null, string what = "") =>
        _wanted.Add(new(name, over, what, of ?? (sample => sample.Value), least, most));

    public string Markdown()
    {
        var text = new StringBuilder("| | median | p50 ms | p99 ms | p99.9 ms | server CPU µs each |\n|---|--:|--:|--:|--:|--:|\n");
        foreach (var row in _rows)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Name} | {Number(Median(row, s => s.Value))} {row.Unit} | {Number(Median(row, s => s.P50))} | {Number(Median(row, s => s.P99))} | {Number(Median(row, s => s.P999))} | {Number(Median(row, s => s.CpuMicroseconds))} |");
        text.AppendLine("\n| ratio or bound | wanted | found | |\n|---|--:|--:|---|");
        foreach (var wanted in _wanted)
            if (Found(wanted) is { } found)
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {wanted.Title} | {(wanted.Least is { } least ? $"≥ {least}" : $"≤ {wanted.Most}")} | {Number(found)} | {(Holds(wanted, found) ? "yes" : "**no**")} |");
        foreach (var note in _notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"\n{note}");
        return text.ToString();
    }

    public string Json() => JsonSerializer.Serialize(
        new
        {
            Rows = _rows.Select(row => new
            {
                row.Name,
                row.Unit,
                Median = new Sample(Median(row, s => s.Value)!.Value, Median(row, s => s.P50), Median(row, s => s.P99), Median(row, s => s.P999), Median(row, s => s.CpuMicroseconds)),
                row.Samples,
            }),
            Ratios = _wanted.Select(wanted => new { Name = wanted.Title, wanted.Least, wanted.Most, Found = Found(wanted) }),
            Notes = _notes,
        },
        new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true });

    private double? Found(Wanted wanted)
    {
        if (_rows.Find(row => row.Name == wanted.Name) is not { } row)
            return null;
        if (wanted.Over is null)
            return Median(row, wanted.Of);
        return _rows.Find(other => other.Name == wanted.Over) is { } over
            ? Median(row.Samples.Zip(over.Samples, (one, other) => wanted.Of(one) / wanted.Of(other)))
            : null;
    }

    private static bool Holds(Wanted wanted, double found) => found >= (wanted.Least ?? found) && found <= (wanted.Most ?? found);

    private static double? Median(Row row, Func<Sample, double?> of) => Median(row.Samples.Select(of));

    private static double? Median(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
