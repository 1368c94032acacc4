using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace StoreFlow.Tests;

/// <summary>StoreFlow as a process of its own, the way a merchant runs it: a command, or a server on a port that is free.</summary>
public sealed partial class StoreFlowProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90); // an upper bound for a hung test, not a measure

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StoreFlowProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int Exit, string Out, string Error)> Run(string folder, params string[] arguments) =>
        Run(folder, _ => { }, arguments);

    /// <summary>Runs a command to its end under circumstances that the test makes.</summary>
    public static async Task<(int Exit, string Out, string Error)> Run(
        string folder, Action<ProcessStartInfo> circumstances, params string[] arguments)
    {
        var start = Start(folder, "Production", arguments);
        circumstances(start);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a server that stops when this is disposed of, where needed under circumstances that the test makes.</summary>
    public static StoreFlowProcess Serve(
        string folder, string environment, Action<ProcessStartInfo>? circumstances = null, string urls = "http://127.0.0.1:0")
    {
        var start = Start(folder, environment, ["--urls", urls]);
        circumstances?.Invoke(start);
        return Begin(start);
    }

    /// <summary>Starts a command that goes on until this is disposed of.</summary>
    public static StoreFlowProcess Command(string folder, params string[] arguments) => Begin(Start(folder, "Development", arguments));

    private static StoreFlowProcess Begin(ProcessStartInfo start)
    {
        var server = new StoreFlowProcess(new Process { StartInfo = start });
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>The number that the system knows it by.</summary>
    public int Id => _process.Id;

    /// <summary>Everything that the process has printed so far.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>Where the server listens, once it does.</summary>
    public Task<Uri> Address => _address.Task.WaitAsync(Patience);

    /// <summary>The memory that the process holds now, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>A client of the server, once it listens.</summary>
    public async Task<HttpClient> As(string? token) => ClientOf(await Address, token);

    /// <summary>A client of a server that may be another process, by its address.</summary>
    public static HttpClient ClientOf(Uri address, string? token)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Ends the server as a power cut would, and returns once it is gone.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the server to stop, as a service manager does.</summary>
    public void Terminate() => Assert.Equal(0, Signal(_process.Id, Sigterm));

    /// <summary>Makes it stand still, as a machine does that is paused. Its connections stay open.</summary>
    public void Pause() => Assert.Equal(0, Signal(_process.Id, Sigstop));

    public void Resume() => Assert.Equal(0, Signal(_process.Id, Sigcont));

    /// <summary>The exit code of a server that ends by itself.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        _said.Enqueue(line);
        if (Listening().Match(line) is { Success: true } listening)
            _address.TrySetResult(new Uri(listening.Groups[1].Value));
    }

    private static ProcessStartInfo Start(string folder, string environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StoreFlow.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["StoreFlow__DataDirectory"] = folder;
        if (TestDatabase.SettingOf(folder) is { } database)
            start.Environment["StoreFlow__Database"] = database;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["DOTNET_TieredPGO"] = "0"; // for the seconds that it lives it starts sooner
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);

    [GeneratedRegex(@"Now listening on: (http[^\s""]+)")]
    private static partial Regex Listening();
}

/// <summary>A folder for one test's database and files; gone with the test.</summary>
public sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("storeflow-").FullName;

    public string Database => System.IO.Path.Combine(Path, "storeflow.db");

    /// <summary>A folder in which a server has started once already, for tests in which the first start is nothing to see.</summary>
    public static TestFolder WithDemoShop()
    {
        var folder = new TestFolder();
        TestDatabase.Make(folder.Path, demo: true);
        return folder;
    }

    /// <summary>Writes a file beside the database.</summary>
    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose()
    {
        TestDatabase.Remove(Path);
        Directory.Delete(Path, recursive: true);
    }
}
