using System.Diagnostics;
using System.Text.Json.Nodes;

namespace StoreFlow.Bench;

/// <summary>
/// The real server, as its release build runs in a shop: outside Development, which looks for files of the pages on
/// disk at each GET and has a page of its own for faults.
/// </summary>
/// <param name="Program">The path of <c>StoreFlow.dll</c>.</param>
internal sealed record StoreFlowServer(string Program)
{
    public const string FileName = "storeflow.db";

    /// <summary>The project that this benchmark stands beside, published as the README tells a shop to.</summary>
    public static async Task<StoreFlowServer> Publish(string folder)
    {
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "StoreFlow.csproj"));
        await Run(new("dotnet", ["publish", project, "-c", "Release", "-o", folder]));
        return new(Path.Combine(folder, "StoreFlow.dll"));
    }

    public Task<Child> Start(string folder, params IEnumerable<(string, string)> settings) => Child.Start([Program], [.. Settings(folder), .. settings]);

    /// <summary>Makes a database with the demo shop, by the server's own command.</summary>
    public async Task ImportShop(string folder)
    {
        // Without passwords: nobody signs in here, and the demo shop's is not taken outside Development.
        var shop = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Program)!, "demo-shop.json")))!;
        foreach (var user in shop["users"]!.AsArray())
            user!.AsObject().Remove("password");
        var file = Path.Combine(folder, "shop.json");
        await File.WriteAllTextAsync(file, shop.ToJsonString());
        var start = new ProcessStartInfo("dotnet", [Program, "import", file]);
        foreach (var (name, value) in Settings(folder))
            start.Environment[name] = value;
        await Run(start);
    }

    private static async Task Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} failed:\n{said}");
    }

    private static (string Name, string Value)[] Settings(string folder) =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("DOTNET_ENVIRONMENT", "Production"),
        ("Logging__LogLevel__Default", "Warning"),
        ("StoreFlow__DataDirectory", folder),
    ];
}
