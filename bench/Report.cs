using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>
/// Collects the figures of all repetitions. The printed figures are medians; a ratio is the median of the ratios within
/// each repetition.
/// </summary>
internal sealed class Report
{
    private sealed record Row(string Name, string Unit, List<Sample> Samples)
    {
        public double? Median(Func<Sample, double?> of) => Samples.Select(of).Median();
    }

    private sealed record Result(Goal Goal, double Found);

    private readonly List<Row> _rows = [];
    private readonly List<(string Name, Goal Goal)> _goals = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds the figure of one repetition, and writes it to the error stream at once.</summary>
    public void Add(string name, string unit, Sample sample)
    {
        if (Find(name) is not { } row)
            _rows.Add(row = new(name, unit, []));
        row.Samples.Add(sample);
        Console.Error.WriteLine($"  {name}: {sample.Value.ToText()} {unit}{(sample.P99 is { } p99 ? $", p99 {p99.ToText()} ms" : "")}");
    }

    public void AddNote(string text) => _notes.Add(text);

    /// <summary>Sets a goal for a figure. A figure that was not measured has no result.</summary>
    public void AddGoal(string name, Goal goal) => _goals.Add((name, goal));

    public string ToMarkdown()
    {
        var text = new StringBuilder("""
            | | median | p50 ms | p99 ms | p99.9 ms | server CPU µs each | goal: found |
            |---|--:|--:|--:|--:|--:|---|

            """);
        foreach (var row in _rows)
        {
            var goals = Results(row).Select(result =>
                $"{result.Goal}: {result.Found.ToText()}, {(result.Goal.IsMet(result.Found) ? "met" : "**missed**")}");
            string[] cells =
            [
                row.Name,
                $"{row.Median(sample => sample.Value).ToText()} {row.Unit}",
                row.Median(sample => sample.P50).ToText(),
                row.Median(sample => sample.P99).ToText(),
                row.Median(sample => sample.P999).ToText(),
                row.Median(sample => sample.CpuMicroseconds).ToText(),
                string.Join("; ", goals),
            ];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }
        foreach (var note in _notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"\n{note}");
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Rows = _rows.Select(row => new
            {
                row.Name,
                row.Unit,
                Median = new Sample(
                    row.Median(sample => sample.Value)!.Value,
                    row.Median(sample => sample.P50),
                    row.Median(sample => sample.P99),
                    row.Median(sample => sample.P999),
                    row.Median(sample => sample.CpuMicroseconds)),
                row.Samples,
                Goals = Results(row).Select(result =>
                    new { Goal = result.Goal.ToString(), result.Found, Met = result.Goal.IsMet(result.Found) }),
            }),
            Notes = _notes,
        },
        Figures.Json);

    private Row? Find(string name) => _rows.Find(row => row.Name == name);

    private IEnumerable<Result> Results(Row row) =>
        from named in _goals
        where named.Name == row.Name
        let found = Found(row, named.Goal)
        where found is not null
        select new Result(named.Goal, found.Value);

    private double? Found(Row row, Goal goal) => goal.Over is null
        ? row.Median(goal.Of)
        : Find(goal.Over)?.Samples.Zip(row.Samples, (over, sample) => goal.Of(sample) / goal.Of(over)).Median();
}
