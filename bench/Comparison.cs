using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>The figures of two builds, turn by turn. The ratio of a turn is new divided by old.</summary>
internal sealed class Comparison
{
    public const string Old = "old";
    public const string New = "new";

    /// <summary>How much worse a figure of the new build may be.</summary>
    private const double Tolerance = 0.05;

    private sealed record Row(string Name, bool LessIsBetter)
    {
        public List<double> Old { get; } = [];

        public List<double> New { get; } = [];

        public IReadOnlyList<double> Ratios => [.. New.Zip(Old, (after, before) => after / before)];

        public double MedianRatio => Ratios.Quantile(0.5);

        public bool IsWithinTolerance => LessIsBetter ? MedianRatio <= 1 + Tolerance : MedianRatio >= 1 - Tolerance;
    }

    private readonly List<Row> _rows = [];

    /// <summary>Adds the figure of one build in one turn, and writes it to the error stream at once.</summary>
    public void Add(string build, string name, double value, bool lessIsBetter = false)
    {
        if (_rows.Find(row => row.Name == name) is not { } row)
            _rows.Add(row = new(name, lessIsBetter));
        (build == Old ? row.Old : row.New).Add(value);
        Console.Error.WriteLine($"{build}: {name}: {value.ToText()}");
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder("""
            | | old | new | new ÷ old | lower quartile | upper quartile | at most 5 % worse |
            |---|--:|--:|--:|--:|--:|---|

            """);
        foreach (var row in _rows)
        {
            string[] cells =
            [
                row.Name,
                row.Old.Quantile(0.5).ToText(),
                row.New.Quantile(0.5).ToText(),
                row.MedianRatio.ToText(),
                row.Ratios.Quantile(0.25).ToText(),
                row.Ratios.Quantile(0.75).ToText(),
                row.IsWithinTolerance ? "yes" : "**no**",
            ];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }
        text.AppendLine("\nFigures are medians of the turns. The ratios are the median and the quartiles of the turns' own.");
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        _rows.Select(row => new { row.Name, row.Old, row.New, row.Ratios, row.MedianRatio, row.LessIsBetter, row.IsWithinTolerance }),
        Figures.Json);
}
