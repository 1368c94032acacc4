using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>A server in its own process on a free port of this machine. Disposing it kills the process.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int KeptOutputLines = 100;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _output = [];

    private ServerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>From the start of the process to the first 200 on <c>/healthz</c>.</summary>
    public TimeSpan StartUp { get; private set; }

    public TimeSpan CpuTime => Refreshed.TotalProcessorTime;

    /// <summary>Resident memory in megabytes of 10^6 bytes.</summary>
    public double Megabytes => Refreshed.WorkingSet64 / 1e6;

    public double PeakMegabytes => Refreshed.PeakWorkingSet64 / 1e6;

    /// <summary>Starts <c>dotnet</c> with these arguments and <c>--urls</c>, and waits until the server answers.</summary>
    /// <exception cref="InvalidOperationException">The server did not answer within a minute; the message has its output.</exception>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var port = FindFreePort();
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"); // the client's own
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var began = Stopwatch.GetTimestamp();
        var server = new ServerProcess(Process.Start(start)!, port);
        try
        {
            server.KeepOutput();
            while (!await server.AnswersAsync())
            {
                if (server._process.HasExited || Stopwatch.GetElapsedTime(began) > StartTimeout)
                    throw new InvalidOperationException($"The server did not start:\n{server.Output}");
                await Task.Delay(2);
            }
            server.StartUp = Stopwatch.GetElapsedTime(began);
            await Task.Yield();     // leave the socket thread: the caller may block
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Process Refreshed
    {
        get
        {
            _process.Refresh();
            return _process;
        }
    }

    /// <summary>The first lines that the server wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    private void KeepOutput()
    {
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_output)
                if (line.Data is not null && _output.Count < KeptOutputLines)
                    _output.Add(line.Data);
        }
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var connection = await Connection.OpenAsync(Port);
            return await connection.ExchangeAsync("GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"u8.ToArray()) == 200;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
