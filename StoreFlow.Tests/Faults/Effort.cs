namespace StoreFlow.Tests.Faults;

/// <summary>How hard the faults are looked for: briefly, or at length with STOREFLOW_FAULTS=long.</summary>
internal static class Effort
{
    public static bool Long { get; } = Environment.GetEnvironmentVariable("STOREFLOW_FAULTS") == "long";

    public static T Of<T>(T shortForm, T longForm) => Long ? longForm : shortForm;
}
