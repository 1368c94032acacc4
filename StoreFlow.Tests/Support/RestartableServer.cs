namespace StoreFlow.Tests;

/// <summary>A server on one folder that is killed and started again, each time as a new process.</summary>
/// <param name="samePort">Whether it comes back where it was, as browsers need it; else each start takes a free port.</param>
internal sealed class RestartableServer(bool samePort = false) : IAsyncDisposable
{
    private readonly TestFolder _folder = TestFolder.WithDemoShop();
    private StoreFlowProcess? _process;
    private volatile Uri? _address;
    private Uri? _lastAddress;

    public string File => _folder.Database;

    /// <summary>Where it listens now; null while it is away.</summary>
    public Uri? Address => _address;

    /// <summary>Where it listens, or listened last.</summary>
    public Uri LastAddress => _lastAddress!;

    public StoreFlowProcess Process => _process!;

    /// <summary>Starts it; <see cref="Listening"/> tells when it serves.</summary>
    public void Start(params (string Name, string Value)[] variables)
    {
        var urls = samePort && _lastAddress is { } last ? last.GetLeftPart(UriPartial.Authority) : "http://127.0.0.1:0";
        _process = StoreFlowProcess.Serve(_folder.Path, "Development", urls: urls, circumstances: start =>
        {
            foreach (var (name, value) in variables)
                start.Environment[name] = value;
        });
    }

    public async Task Listening() => _address = _lastAddress = await Process.Address;

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
