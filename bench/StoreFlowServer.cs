namespace StoreFlow.Bench;

/// <summary>The real server, as its release build starts it, with the demo tokens.</summary>
/// <param name="Program">The path of <c>StoreFlow.dll</c>.</param>
internal sealed record StoreFlowServer(string Program)
{
    public const string FileName = "storeflow.db";

    /// <summary>Beside this benchmark in the same build of the solution.</summary>
    public static string Built => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "bin", "Release", "net10.0", "StoreFlow.dll"));

    public Task<Child> Start(string folder, params IEnumerable<(string, string)> settings) => Child.Start([Program], [
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("Logging__LogLevel__Default", "Warning"),
        ("StoreFlow__DataDirectory", folder),
        .. settings,
    ]);
}
