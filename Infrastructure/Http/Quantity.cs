namespace StoreFlow.Infrastructure;

/// <summary>A number and what it counts, as a sentence has them.</summary>
internal static class Quantity
{
    /// <summary>"1 second", "2 seconds".</summary>
    public static string Of(long number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";
}
