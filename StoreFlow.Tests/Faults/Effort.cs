namespace StoreFlow.Tests.Faults;

/// <summary>How hard the tests of faults try: a moment in CI, or as long as it takes with <c>STOREFLOW_FAULTS=long</c>.</summary>
internal static class Effort
{
    public static bool Long { get; } = Environment.GetEnvironmentVariable("STOREFLOW_FAULTS") == "long";

    public static T Of<T>(T shortForm, T longForm) => Long ? longForm : shortForm;
}
