using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>
/// A PostgreSQL server of the benchmark's own, in a folder on the disk that is measured. Each commit waits for the disk, as in a shop. It
/// is stopped and its folder deleted when it is disposed of, and also when the benchmark is killed.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Role = "storeflow";
    private const string Installed = "/usr/lib/postgresql";

    private static readonly string[] Needed = ["initdb", "pg_ctl", "psql", "createdb", "dropdb", "pgbench"];

    private readonly string _programs;
    private readonly string _folder;
    private readonly string _data;

    private PostgresServer(string programs, string folder)
    {
        (_programs, _folder, _data) = (programs, folder, Path.Combine(folder, "data"));
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
            Run(["chown", "postgres", folder]);   // its programs refuse to run as root
    }

    /// <summary>Where the newest installed PostgreSQL has the programs that are needed; null where it lacks one.</summary>
    public static string? Programs { get; } = !Directory.Exists(Installed) ? null : Directory.GetDirectories(Installed)
        .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
        .Select(version => Path.Combine(version, "bin"))
        .FirstOrDefault(programs => Needed.All(program => File.Exists(Path.Combine(programs, program))));

    public int Port { get; } = ServerProcess.FindFreePort();

    /// <summary>Makes a server in this folder, which must not be there yet, and starts it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="processors">Those that it runs on, as <c>taskset -c</c> takes them; null for those of this process.</param>
    /// <exception cref="InvalidOperationException">A program of PostgreSQL failed; the message has its output.</exception>
    public static PostgresServer Start(string folder, string? processors)
    {
        var server = new PostgresServer(
            Programs ?? throw new InvalidOperationException($"{string.Join(", ", Needed)} are not all there."), folder);
        server.StopWithThisProcess();
        try
        {
            server.RunAsOwner("initdb", "-D", server._data, "-U", Role, "--auth=trust", "--encoding=UTF8", "--locale=C");
            File.AppendAllLines(Path.Combine(server._data, "postgresql.conf"),
            [
                "fsync = on", "synchronous_commit = on", "full_page_writes = on", "shared_buffers = 256MB", "max_connections = 200",
                "max_wal_size = 4GB", "checkpoint_timeout = 15min", "listen_addresses = '127.0.0.1'", $"port = {server.Port}",
                $"unix_socket_directories = '{folder}'",
            ]);
            var start = server.AsOwner("pg_ctl", "-D", server._data, "-l", Path.Combine(folder, "log"), "-w", "-t", "60", "start");
            Run(processors is null ? start : ["taskset", "-c", processors, .. start]);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>The setting that puts StoreFlow on a database of this server.</summary>
    public string SettingOf(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={Role}";

    public void MakeDatabase(string name, string template = "template1") => RunClient("createdb", "-T", template, name);

    public void DropDatabase(string name) => RunClient("dropdb", "--force", name);

    public void Execute(string database, string sql) => RunClient("psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, database);

    /// <summary>Runs one of PostgreSQL's client programs on this server and returns what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public string RunClient(string program, params string[] arguments) =>
        Run([Path.Combine(_programs, program), "-h", "127.0.0.1", "-p", $"{Port}", "-U", Role, .. arguments]);

    public void Dispose()
    {
        if (File.Exists(Path.Combine(_data, "postmaster.pid")))
            RunAsOwner("pg_ctl", "-D", _data, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// Starts a shell that waits until this process is gone, stops the server, if there still is one, and deletes its folder. Ctrl+C
    /// reaches that shell too, and must not end it.
    /// </summary>
    private void StopWithThisProcess()
    {
        const string Script = """
            trap '' INT TERM HUP
            exec >/dev/null 2>&1 </dev/null
            process=$1 folder=$2
            shift 2
            while kill -0 "$process"; do sleep 1; done
            [ -d "$folder" ] || exit 0
            "$@"
            rm -rf "$folder"
            """;
        var stop = AsOwner("pg_ctl", "-D", _data, "-m", "immediate", "-w", "stop");
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", $"{Environment.ProcessId}", _folder, .. stop])
        {
            WorkingDirectory = "/",
        })!.Dispose();
    }

    private void RunAsOwner(string program, params string[] arguments) => Run(AsOwner(program, arguments));

    private string[] AsOwner(string program, params string[] arguments)
    {
        string[] call = [Path.Combine(_programs, program), .. arguments];
        return Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. call] : call;
    }

    private static string Run(string[] call)
    {
        // A file and no pipe: the server that pg_ctl leaves behind would hold a pipe open.
        var output = Path.GetTempFileName();
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                "/bin/sh", ["-c", "output=$1; shift; exec \"$@\" >\"$output\" 2>&1", "sh", output, .. call])
            {
                WorkingDirectory = "/",
            })!;
            process.WaitForExit();
            var text = File.ReadAllText(output);
            return process.ExitCode == 0
                ? text
                : throw new InvalidOperationException($"{string.Join(' ', call)} failed ({process.ExitCode}):\n{text}");
        }
        finally
        {
            File.Delete(output);
        }
    }
}
