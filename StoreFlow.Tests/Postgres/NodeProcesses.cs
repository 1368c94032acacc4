using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Postgres;

/// <summary>Several server processes on one PostgreSQL database, each with a folder of its own.</summary>
internal sealed class NodeProcesses : IAsyncDisposable
{
    private readonly TestFolder[] _folders;
    private readonly StoreFlowProcess?[] _processes;
    private readonly Uri?[] _addresses;
    private readonly bool[] _isOut;
    private readonly IReadOnlyList<string> _settings;
    private int _next;

    private NodeProcesses(IReadOnlyList<string> settings)
    {
        _settings = settings;
        _folders = [.. settings.Select(_ => new TestFolder())];
        _processes = new StoreFlowProcess?[Count];
        _addresses = new Uri?[Count];
        _isOut = new bool[Count];
    }

    /// <summary>Starts them all at once; they serve when this is done.</summary>
    public static Task<NodeProcesses> Start(string setting, int count) => Start([.. Enumerable.Repeat(setting, count)]);

    /// <summary>The same with each node's own connection string to the database.</summary>
    public static async Task<NodeProcesses> Start(IReadOnlyList<string> settings)
    {
        var nodes = new NodeProcesses(settings);
        await Task.WhenAll(Enumerable.Range(0, nodes.Count).Select(nodes.Start));
        return nodes;
    }

    public int Count => _settings.Count;

    /// <summary>Where a node listens; null while it is away.</summary>
    public Uri? this[int node] => Volatile.Read(ref _addresses[node]);

    /// <summary>Each call gives the next node that is there, as a balancer would; null where none is.</summary>
    public Uri? Next()
    {
        for (var i = 0; i < Count; i++)
        {
            var node = (int)((uint)Interlocked.Increment(ref _next) % (uint)Count);
            if (this[node] is { } address && !Volatile.Read(ref _isOut[node]))
                return address;
        }
        return null;
    }

    /// <summary>Whether <see cref="Next"/> leaves a node out, as a balancer does with one that is not ready.</summary>
    public void TakeOut(int node, bool isOut = true) => Volatile.Write(ref _isOut[node], isOut);

    /// <summary>The node that works in the background, once one does.</summary>
    public async Task<int> FindOwner(string setting)
    {
        int? owner = null;
        await Eventually.Holds(() => (owner = Owner(setting)) is not null, "No node works in the background.");
        return owner!.Value;
    }

    /// <summary>Waits until another node works in the background.</summary>
    public Task IsFollowed(int node, string setting) => Eventually.Holds(
        () => Owner(setting) is { } owner && owner != node, "No other node took the background work over.");

    /// <summary>The node that works in the background; null where none does now. PostgreSQL knows it, whatever the nodes think.</summary>
    private static int? Owner(string setting)
    {
        using var db = TestPostgres.Open(setting);
        return db.QuerySingleOrDefault<int?>("""
            SELECT CAST(substr(a.application_name, 6) AS INTEGER)
              FROM pg_locks l
              JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
             WHERE l.locktype = 'advisory' AND l.granted AND (CAST(l.classid AS BIGINT) << 32) + CAST(l.objid AS BIGINT) = @Key
            """, new { PostgresOwnership.Key });
    }

    public StoreFlowProcess Process(int node) => _processes[node]!;

    public async Task Start(int node)
    {
        var process = StoreFlowProcess.Serve(_folders[node].Path, "Development", start =>
        {
            start.Environment["StoreFlow__Database"] = $"{_settings[node]};Application Name=node-{node}";
            start.Environment["StoreFlow__Webhooks__AllowPrivateAddresses"] = "true";
        });
        _processes[node] = process;
        Volatile.Write(ref _addresses[node], await process.Address);
    }

    /// <summary>Ends a node by kill -9.</summary>
    public async Task Kill(int node)
    {
        Volatile.Write(ref _addresses[node], null);
        await _processes[node]!.Kill();
        await _processes[node]!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            if (process is not null)
                await process.DisposeAsync();
        foreach (var folder in _folders)
            folder.Dispose();
    }
}
