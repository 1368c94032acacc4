using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Tests.Pages;

/// <summary>The server as a program of its own on one folder and one port, which can be killed and started again.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("storeflow-").FullName;
    private Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}");

    public async Task Start()
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls", Address.ToString().TrimEnd('/')])
        {
            // Nobody reads what it writes, so it must not write into a pipe that fills up.
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["StoreFlow__DataDirectory"] = Path.Combine(_folder, "data"),
                ["Logging__LogLevel__Default"] = "None",
                ["Logging__LogLevel__Microsoft.AspNetCore"] = "None",
            },
        })!;
        using var client = new HttpClient { BaseAddress = Address };
        for (var deadline = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var answer = await client.GetAsync("/readyz");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }
            Assert.True(!_process.HasExited && deadline.Elapsed < TimeSpan.FromSeconds(60), "The server did not start.");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
