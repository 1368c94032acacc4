using System.Diagnostics;
using System.Net.Sockets;

namespace StoreFlow.Tests.Deploy;

/// <summary>What <c>deploy/cluster/cluster.sh</c> starts, in a folder and on ports of the test's own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4); // an upper bound for a hung test, not a measure

    private readonly TestFolder _folder = new();

    /// <summary>Starts it. Skips the test where a program is missing and not required.</summary>
    public static async Task<Cluster> Start()
    {
        PostgresPrograms.PathOf("initdb"); // skips the test without PostgreSQL
        Skip.IfNot(
            File.Exists("/usr/sbin/haproxy") && File.Exists("/usr/bin/curl")
            || Environment.GetEnvironmentVariable("STOREFLOW_PROXIES") == "required",
            "There is no HAProxy or no curl. On Debian: apt-get install haproxy curl");
        var cluster = new Cluster();
        try
        {
            await cluster.Run("start", "--free-ports");
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    /// <summary>Of HAProxy, the three nodes, and the two servers of PostgreSQL.</summary>
    public IReadOnlyList<int> Ports =>
        [.. File.ReadAllText(Path.Combine(_folder.Path, "ports")).Split().Where(port => port.Length > 0).Select(int.Parse)];

    /// <summary>HAProxy's.</summary>
    public Uri Address => new($"http://127.0.0.1:{Ports[0]}");

    /// <summary>The nodes', without HAProxy.</summary>
    public IEnumerable<Uri> Nodes => Ports.Skip(1).Take(3).Select(port => new Uri($"http://127.0.0.1:{port}"));

    /// <summary>What the nodes' <c>StoreFlow:Database</c> is.</summary>
    public string Setting => File.ReadAllText(Path.Combine(_folder.Path, "connection")).Trim();

    /// <summary>Runs a command to its end, which has to be a good one.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> Run(string command, params string[] arguments)
    {
        var (exit, said) = await Try(command, arguments);
        Assert.True(exit == 0, $"cluster.sh {command}: exit code {exit}\n{said}");
        return said;
    }

    public async Task<(int Exit, string Said)> Try(string command, params string[] arguments)
    {
        // What it starts must not hold the pipe of a reader.
        var said = Path.Combine(_folder.Path, "said");
        using var process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" >\"$SAID\" 2>&1 </dev/null", Source.Path("deploy/cluster/cluster.sh"),
                "--folder", _folder.Path, command, .. arguments])
        {
            WorkingDirectory = "/",
            Environment =
            {
                ["SAID"] = said,
                ["STOREFLOW_DLL"] = Path.Combine(AppContext.BaseDirectory, "StoreFlow.dll"),
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
            },
        })!;
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await File.ReadAllTextAsync(said));
    }

    /// <summary>The processes that work in its folder.</summary>
    public List<string> Processes() =>
    [
        .. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Select(process => (Process: Path.GetFileName(process), Folder: FolderOf(process)))
            .Where(found => found.Folder.StartsWith(_folder.Path, StringComparison.Ordinal))
            .Select(found => $"{found.Process} in {found.Folder}"),
    ];

    private static string FolderOf(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or is somebody else's
        }
    }

    public static bool IsTaken(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Try("stop");
        _folder.Dispose();
    }
}
