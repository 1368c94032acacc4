using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>
/// The real server, as its release build runs in a shop: outside Development, which looks for files of the pages on
/// disk at each GET and has a page of its own for faults.
/// </summary>
/// <param name="Program">The path of <c>StoreFlow.dll</c>.</param>
internal sealed record StoreFlowServer(string Program)
{
    public const string FileName = "storeflow.db";

    /// <summary>Beside this benchmark in the same build of the solution.</summary>
    public static string Built => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "bin", "Release", "net10.0", "StoreFlow.dll"));

    public Task<Child> Start(string folder, params IEnumerable<(string, string)> settings) => Child.Start([Program], [.. Settings(folder), .. settings]);

    /// <summary>Makes a database with the demo shop, by the server's own command.</summary>
    public async Task ImportShop(string folder)
    {
        var start = new ProcessStartInfo("dotnet", [Program, "import", Path.Combine(Path.GetDirectoryName(Program)!, "demo-shop.json")])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Settings(folder))
            start.Environment[name] = value;
        using var import = Process.Start(start)!;
        var said = await import.StandardOutput.ReadToEndAsync();
        await import.WaitForExitAsync();
        if (import.ExitCode != 0)
            throw new InvalidOperationException($"The shop could not be imported:\n{said}");
    }

    private static (string Name, string Value)[] Settings(string folder) =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("DOTNET_ENVIRONMENT", "Production"),
        ("Logging__LogLevel__Default", "Warning"),
        ("StoreFlow__DataDirectory", folder),
    ];
}
