namespace StoreFlow.Tests.Postgres;

/// <summary>Several server processes on one PostgreSQL database, each with a folder of its own.</summary>
internal sealed class NodeProcesses : IAsyncDisposable
{
    private readonly TestFolder[] _folders;
    private readonly StoreFlowProcess?[] _processes;
    private readonly Uri?[] _addresses;
    private readonly string _setting;
    private int _next;

    private NodeProcesses(string setting, int count)
    {
        _setting = setting;
        _folders = [.. Enumerable.Range(0, count).Select(_ => new TestFolder())];
        _processes = new StoreFlowProcess?[count];
        _addresses = new Uri?[count];
    }

    /// <summary>Starts them all at once; they serve when this is done.</summary>
    public static async Task<NodeProcesses> Start(string setting, int count)
    {
        var nodes = new NodeProcesses(setting, count);
        await Task.WhenAll(Enumerable.Range(0, count).Select(nodes.Start));
        return nodes;
    }

    public int Count => _processes.Length;

    /// <summary>Where a node listens; null while it is away.</summary>
    public Uri? this[int node] => Volatile.Read(ref _addresses[node]);

    /// <summary>Each call gives the next node that is there, as a balancer would; null where none is.</summary>
    public Uri? Next()
    {
        for (var i = 0; i < Count; i++)
            if (this[(int)((uint)Interlocked.Increment(ref _next) % (uint)Count)] is { } address)
                return address;
        return null;
    }

    public async Task Start(int node)
    {
        var process = StoreFlowProcess.Serve(
            _folders[node].Path, "Development", start => start.Environment["StoreFlow__Database"] = _setting);
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
