namespace StoreFlow.Bench;

/// <summary>What a figure should be. Exactly one of <see cref="Least"/> and <see cref="Most"/> is set.</summary>
internal sealed record Goal
{
    public double? Least { get; init; }

    public double? Most { get; init; }

    /// <summary>The name of the figure that this one is divided by; null if it is compared as it is.</summary>
    public string? Over { get; init; }

    /// <summary>Which part of the sample counts.</summary>
    public Func<Sample, double?> Of { get; init; } = sample => sample.Value;

    /// <summary>The name and unit of that part, if it is not the value.</summary>
    public string What { get; init; } = "";

    public bool IsMet(double found) => found >= (Least ?? found) && found <= (Most ?? found);

    public override string ToString() =>
        $"{(What == "" ? "" : $"{What} ")}{(Least is null ? "≤" : "≥")} {Least ?? Most}{(Over is null ? "" : $" × {Over}")}";
}
