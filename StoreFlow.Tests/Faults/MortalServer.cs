namespace StoreFlow.Tests.Faults;

/// <summary>A server on one folder that is killed and started again, each time as a new process on a new port.</summary>
internal sealed class MortalServer : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private StoreFlowProcess? _process;
    private volatile Uri? _address;

    public string File => _folder.Database;

    /// <summary>Where it listens now; null while it is away.</summary>
    public Uri? Address => _address;

    public StoreFlowProcess Process => _process!;

    /// <summary>Starts it; <see cref="Listening"/> tells when it serves.</summary>
    public void Start(params (string Name, string Value)[] variables) => _process = StoreFlowProcess.Serve(_folder.Path, "Development", start =>
    {
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
    });

    public async Task Listening() => _address = await Process.Address;

    /// <summary>Ends it as a power cut ends a process: nothing is flushed, closed or said.</summary>
    public async Task Kill()
    {
        _address = null;
        await Process.Kill();
        await Process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _address = null;
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }
}
