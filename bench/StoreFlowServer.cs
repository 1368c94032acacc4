using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>The real server, as a shop runs it: the release build, in Production.</summary>
/// <param name="Program">The path of <c>StoreFlow.dll</c>.</param>
internal sealed record StoreFlowServer(string Program)
{
    public const string FileName = "storeflow.db";

    /// <summary>Publishes the project that this benchmark belongs to, as the README says.</summary>
    public static async Task<StoreFlowServer> PublishAsync(string folder)
    {
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "StoreFlow.csproj"));
        await RunAsync(new("dotnet", ["publish", project, "-c", "Release", "-o", folder]));
        return new(Path.Combine(folder, "StoreFlow.dll"));
    }

    public Task<ServerProcess> StartAsync(string folder, params IEnumerable<(string, string)> settings) =>
        ServerProcess.StartAsync([Program], [.. Settings(folder), .. settings]);

    /// <summary>Copies the file into a folder and starts the server on the copy.</summary>
    public Task<ServerProcess> StartOnCopyAsync(SeededFile file, string folder, params IEnumerable<(string, string)> settings)
    {
        file.CopyTo(folder);
        return StartAsync(folder, settings);
    }

    /// <summary>Makes a database with the benchmark's shop, by the server's own command.</summary>
    public async Task ImportShopAsync(string folder)
    {
        var shop = Path.Combine(folder, "shop.json");
        await using (var file = File.Create(shop))
        await using (var json = typeof(StoreFlowServer).Assembly.GetManifestResourceStream("shop.json")!)
            await json.CopyToAsync(file);
        await RunCommandAsync(folder, "import", shop);
    }

    /// <summary>Runs a command of StoreFlow's own to its end.</summary>
    public Task RunCommandAsync(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. words]);
        foreach (var (name, value) in Settings(folder))
            start.Environment[name] = value;
        return RunAsync(start);
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} failed:\n{output}");
    }

    private static (string Name, string Value)[] Settings(string folder) =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("DOTNET_ENVIRONMENT", "Production"),
        ("Logging__LogLevel__Default", "Warning"),
        ("StoreFlow__DataDirectory", folder),
    ];
}
