using System.Net.Sockets;
using System.Text;

namespace StoreFlow.Tests.Infrastructure.Hosting;

/// <summary>systemd (<c>Type=notify</c>) hears when the server serves and when it stops, and its journal gets one line an entry.</summary>
public sealed class ServiceManagerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90); // an upper bound for a hung test, not a measure

    [Fact]
    public async Task It_hears_that_the_server_is_ready_and_that_it_stops()
    {
        using var folder = new TestFolder();
        using var sockets = new TestFolder();
        var path = Path.Combine(sockets.Path, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        await using var server = StoreFlowProcess.Serve(folder.Path, "Production", start =>
        {
            start.Environment["NOTIFY_SOCKET"] = path;
            start.Environment["JOURNAL_STREAM"] = "1:2";
        });

        Assert.Equal("READY=1", await Hear());
        using var client = await server.As(null);
        Assert.Equal(200, (await client.Get("/readyz")).Status);

        server.Terminate();
        Assert.Equal("STOPPING=1", await Hear());
        Assert.Equal(0, await server.Exit());
        // Each line has its level as the journal reads it.
        Assert.All(server.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^<\d>\S+\[\d+\] ", line));

        async Task<string> Hear()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, await systemd.ReceiveAsync(buffer).WaitAsync(Patience)).Trim();
        }
    }
}
