using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>A server in a process of its own on a free port of this machine; ends with this object.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _said = [];

    private Child(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>From the start of the process to the first 200 on <c>/healthz</c>.</summary>
    public TimeSpan StartUp { get; private set; }

    public TimeSpan CpuTime => Fresh.TotalProcessorTime;

    /// <summary>Resident memory, in megabytes of 10^6 bytes.</summary>
    public double Megabytes => Fresh.WorkingSet64 / 1e6;

    public double PeakMegabytes => Fresh.PeakWorkingSet64 / 1e6;

    public int Id => _process.Id;

    /// <summary>Starts <c>dotnet</c> with these arguments and <c>--urls</c>, and waits until it answers.</summary>
    public static async Task<Child> Start(IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var began = Stopwatch.GetTimestamp();
        var child = new Child(Process.Start(start)!, port);
        try
        {
            child.Listen();
            while (!await child.IsAlive())
            {
                if (child._process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
                    throw new InvalidOperationException($"The server did not start:\n{child.Said}");
                await Task.Delay(2);
            }
            child.StartUp = Stopwatch.GetElapsedTime(began);
            await Task.Yield();     // off the thread of the sockets: the caller may block
            return child;
        }
        catch
        {
            child.Dispose();
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

    private Process Fresh
    {
        get
        {
            _process.Refresh();
            return _process;
        }
    }

    private string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    private void Listen()
    {
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_said)
                if (line.Data is not null && _said.Count < 100)
                    _said.Add(line.Data);
        }
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<bool> IsAlive()
    {
        try
        {
            using var connection = await Connection.Open(Port);
            return await connection.Exchange("GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"u8.ToArray()) == 200;
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
