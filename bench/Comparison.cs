using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>The figures of two builds, round by round. The ratio of a round is new divided by old.</summary>
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

        public double MedianRatio => Median(Ratios);

        public bool IsWithinTolerance => LessIsBetter ? MedianRatio <= 1 + Tolerance : MedianRatio >= 1 - Tolerance;
    }

    private readonly List<Row> _rows = [];

    /// <summary>Adds the figure of one build in one round, and writes it to the error stream at once.</summary>
    public void Add(string build, string name, double value, bool lessIsBetter = false)
    {
        if (_rows.Find(row => row.Name == name) is not { } row)
            _rows.Add(row = new(name, lessIsBetter));
        (build == Old ? row.Old : row.New).Add(value);
        Console.Error.WriteLine($"  {name}: {value.ToText()}");
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder("""
            | | old | new | new ÷ old | lowest | highest | at most 5 % worse |
            |---|--:|--:|--:|--:|--:|---|

            """);
        foreach (var row in _rows)
        {
            string[] cells =
            [
                row.Name,
                Median(row.Old).ToText(),
                Median(row.New).ToText(),
                row.MedianRatio.ToText(),
                row.Ratios.Min().ToText(),
                row.Ratios.Max().ToText(),
                row.IsWithinTolerance ? "yes" : "**no**",
            ];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |");
        }
        text.AppendLine("\nFigures are medians of the rounds. The ratios are the median, lowest and highest of the rounds' own.");
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        _rows.Select(row => new { row.Name, row.Old, row.New, row.Ratios, row.MedianRatio, row.LessIsBetter, row.IsWithinTolerance }),
        Figures.Json);

    private static double Median(IEnumerable<double> values) => values.Select(value => (double?)value).Median()!.Value;
}
