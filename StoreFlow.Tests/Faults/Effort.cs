namespace StoreFlow.Tests.Faults;

/// <summary>
/// How long the tests of faults try: a few seconds with every change, and as long as needed with <c>STOREFLOW_FAULTS=long</c>.
/// </summary>
internal static class Effort
{
    public static bool Long { get; } = Environment.GetEnvironmentVariable("STOREFLOW_FAULTS") is "long";

    public static T Of<T>(T shortForm, T longForm) => Long ? longForm : shortForm;
}
