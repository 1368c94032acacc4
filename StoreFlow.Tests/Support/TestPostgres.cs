using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using StoreFlow.Features.ShopFiles;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>
/// A PostgreSQL server of the tests' own: made by <c>initdb</c> in a temporary folder, on a free port, gone with the run. It does not wait
/// for the disk, unless a test is about that.
/// </summary>
internal sealed class TestPostgres : IDisposable
{
    private static readonly Lazy<TestPostgres> OfRun = new(() => new());

    private readonly string _folder = Directory.CreateTempSubdirectory("storeflow-postgres-").FullName;
    private readonly int _port = FreePort.Find();
    private readonly string? _server;
    private readonly Lazy<string> _migrated;
    private readonly Lazy<string> _seeded;
    private int _made;

    /// <summary>A user who needs a password here, once a test has made this user. All others need none.</summary>
    public const string Guarded = "guarded";

    /// <summary>The run's own, started when it is first asked for.</summary>
    public static TestPostgres Shared => OfRun.Value;

    public TestPostgres(params string[] settings)
        : this(null, null, settings)
    {
    }

    private TestPostgres(TestPostgres? primary, string? server, string[] settings)
    {
        _server = server;
        var data = Path.Combine(_folder, "data");
        if (Environment.IsPrivilegedProcess)
            PostgresPrograms.Call("chown", "postgres", _folder); // its programs refuse to run as root
        if (primary is null)
            PostgresPrograms.CallAsOwner(
                "initdb", "-D", data, "-U", "storeflow", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
        else
            PostgresPrograms.CallAsOwner(
                "pg_basebackup", "-D", data, "-R", "--no-sync", "-c", "fast", "-d", $"host=127.0.0.1 port={primary._port} user=storeflow");
        File.AppendAllLines(Path.Combine(data, "postgresql.conf"),
        [
            "fsync = off", "full_page_writes = off", "max_connections = 500", "listen_addresses = '127.0.0.1'", $"port = {_port}",
            $"unix_socket_directories = '{_folder}'", "max_wal_size = 256MB", "autovacuum_naptime = 10s", .. settings,
        ]);
        var rights = Path.Combine(data, "pg_hba.conf");
        File.WriteAllText(rights, $"host all {Guarded} 127.0.0.1/32 scram-sha-256\n{File.ReadAllText(rights)}");
        Start();
        StopAfter(Environment.ProcessId, data);
        _migrated = new(() => MakeTemplate("template_migrated", demo: false));
        _seeded = new(() => MakeTemplate("template_seeded", demo: true));
    }

    /// <summary>A server that follows this one and takes no writes.</summary>
    public TestPostgres Standby() => new(this, null, []);

    /// <summary>A server whose installation lacks an extension.</summary>
    public static TestPostgres Without(string extension, TestFolder folder) =>
        new(null, PostgresPrograms.ServerWithout(extension, folder), []);

    /// <summary>The connection string of one of its databases.</summary>
    public string SettingOf(string database) => $"Host=127.0.0.1;Port={_port};Database={database};Username=storeflow";

    /// <summary>A new database without anything in it.</summary>
    public string MakeEmpty() => Make("template1");

    /// <summary>A new database as a server's first start leaves it, with the demo shop or without.</summary>
    public string MakeMigrated(bool demo) => Make((demo ? _seeded : _migrated).Value);

    public void Drop(string setting) =>
        Administer($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(setting).Database} WITH (FORCE)");

    /// <summary>Runs SQL on one of its databases.</summary>
    public static void Run(string setting, string sql)
    {
        using var connection = Open(setting);
        connection.Execute(sql, commandTimeout: 120);
    }

    /// <summary>A connection of its own to a database, which may be on another server.</summary>
    public static NpgsqlConnection Open(string setting)
    {
        var connection = new NpgsqlConnection($"{setting};Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>Ends the server as a power cut ends a process: kill -9, of the one that all others watch.</summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(
            int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture));
        server.Kill();
    }

    /// <summary>Starts it again after <see cref="Kill"/>, once the last of its processes is gone.</summary>
    public async Task Restart()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Start();
                return;
            }
            catch (InvalidOperationException) when (tries < 50)
            {
                await Task.Delay(200); // sessions of the old one end when they notice that it is gone
            }
        }
    }

    private void Start() => PostgresPrograms.CallAsOwner(
        "pg_ctl", "-D", Path.Combine(_folder, "data"), "-p", _server ?? PostgresPrograms.PathOf("postgres"),
        "-l", Environment.GetEnvironmentVariable("STOREFLOW_TEST_POSTGRES_LOG") ?? Path.Combine(_folder, "log"), "-w", "-t", "60", "start");

    private string Make(string template)
    {
        var name = $"shop_{Interlocked.Increment(ref _made)}";
        Administer($"CREATE DATABASE {name} TEMPLATE {template}");
        return SettingOf(name);
    }

    private string MakeTemplate(string name, bool demo)
    {
        Administer($"CREATE DATABASE {name}");
        var commands = CommandDatabase.Open(new Settings { Database = SettingOf(name) });
        if (demo)
            commands.Write(db =>
            {
                new DemoShop().Seed(db, TimeProvider.System.Now());
                return true;
            });
        return name;
    }

    private void Administer(string sql) => Run(SettingOf("postgres"), sql);

    /// <summary>Stops the server once a process is gone, however that ends: a test host may be killed when its tests are over.</summary>
    private void StopAfter(int process, string data)
    {
        const string Script = """
            exec >/dev/null 2>&1 </dev/null
            process=$1 folder=$2
            shift 2
            while kill -0 "$process"; do sleep 1; done
            "$@"
            rm -rf "$folder"
            """;
        var stop = PostgresPrograms.AsOwner("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop");
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", $"{process}", _folder, .. stop])
        {
            WorkingDirectory = "/",
        })!.Dispose();
    }

    public void Dispose()
    {
        try
        {
            PostgresPrograms.CallAsOwner("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
        }
        catch (InvalidOperationException)
        {
            // A test has ended it.
        }
        Directory.Delete(_folder, recursive: true);
    }
}
