namespace StoreFlow.Tests.Faults;

/// <summary>How hard the tests of faults try: for a few seconds with every change, for as long as it takes with <c>STOREFLOW_FAULTS=long</c>.</summary>
internal static class Effort
{
    public static bool Long { get; } = Environment.GetEnvironmentVariable("STOREFLOW_FAULTS") is "long";

    public static T Of<T>(T shortForm, T longForm) => Long ? longForm : shortForm;
}
