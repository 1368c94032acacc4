using System.Diagnostics;
using System.Security.Cryptography;

namespace StoreFlow.Tests.Docs;

/// <summary>
/// Node.js and the packages that a folder of the repository names. They are installed once for each lock file, beside what the
/// build makes. Without Node.js a test is skipped, or fails where <c>STOREFLOW_NODE</c> says <c>required</c>.
/// </summary>
internal static class Npm
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // an upper bound for a hung test, not a measure

    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>The folder <c>node_modules</c> with the packages of a folder of the repository.</summary>
    public static async Task<string> PackagesOf(string folder)
    {
        var isHere = Exists("node") && Exists("npm");
        Assert.True(
            isHere || Environment.GetEnvironmentVariable("STOREFLOW_NODE") != "required",
            "STOREFLOW_NODE says that Node.js is required, and there is no node or npm on this machine.");
        Skip.IfNot(isHere, "This test needs Node.js, as in: apt-get install nodejs npm");

        var source = Path.Combine(Repository.Folder, folder);
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source,
            "package-lock.json"))))[..12];
        var target = Path.Combine(Repository.Folder, "StoreFlow.Tests", "obj", "npm", $"{Path.GetFileName(folder)}-{version}");
        await OneAtATime.WaitAsync();
        try
        {
            if (!Directory.Exists(target))
                await InstallAsync(source, target);
        }
        finally
        {
            OneAtATime.Release();
        }
        return Path.Combine(target, "node_modules");
    }

    /// <summary>Runs a program of these packages, and answers what it has printed.</summary>
    public static async Task<(int Exit, string Said)> RunAsync(string packages, string folder, string program, params string[] arguments)
        =>
        await StartAsync(Path.Combine(packages, ".bin", program), folder, arguments);

    /// <summary>Runs a script of the repository with Node.js, and answers what it has printed.</summary>
    public static Task<(int Exit, string Said)> ScriptAsync(string script, params string[] arguments) =>
        StartAsync("node", Repository.Folder, [Path.Combine(Repository.Folder, script), .. arguments]);

    private static async Task InstallAsync(string source, string target)
    {
        var half = $"{target}.{Environment.ProcessId}"; // a run that is stopped meanwhile leaves no half of it under the right name
        Directory.CreateDirectory(half);
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(source, file), Path.Combine(half, file), overwrite: true);
        var (exit, said) = await StartAsync("npm", half, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        Assert.True(exit == 0, said);
        Directory.Move(half, target);
    }

    private static async Task<(int Exit, string Said)> StartAsync(string program, string folder, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["NO_COLOR"] = "1",
                // Redocly's own words for: send nothing home, and look for no newer version.
                ["REDOCLY_TELEMETRY"] = "off",
                ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
            },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output + await errors);
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
