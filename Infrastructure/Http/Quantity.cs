namespace StoreFlow.Infrastructure;

/// <summary>A number and what it counts, as a sentence has them.</summary>
internal static class Quantity
{
    /// <summary>"1 second", "2 seconds".</summary>
    public static string Of(long number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";

    /// <summary>"just now", "3 minutes ago".</summary>
    public static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 1 } => $"{Of((long)age.TotalSeconds, "second")} ago",
        { TotalHours: < 1 } => $"{Of((long)age.TotalMinutes, "minute")} ago",
        { TotalDays: < 1 } => $"{Of((long)age.TotalHours, "hour")} ago",
        _ => $"{Of((long)age.TotalDays, "day")} ago",
    };
}
