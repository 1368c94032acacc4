using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StoreFlow.Tests.Faults;

/// <summary>A connection that sends what it is told to, byte by byte, as no proper client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90); // an upper bound for a hung test, not a measure

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;
    private readonly Uri _address;

    // The stream is taken while the connection stands: afterwards the client no longer gives it.
    private RawConnection(Uri address, TcpClient tcp) => (_address, _tcp, _stream) = (address, tcp, tcp.GetStream());

    /// <summary>Connects.</summary>
    /// <param name="address">The server's.</param>
    /// <param name="from">
    /// Another address of this machine to connect from, such as 127.0.0.7: to the server that is somebody else.
    /// </param>
    public static async Task<RawConnection> Open(Uri address, string? from = null)
    {
        var tcp = from is null ? new TcpClient() : new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        (tcp.NoDelay, tcp.ReceiveBufferSize) = (true, 8 * 1024);
        await tcp.ConnectAsync(address.Host, address.Port);
        return new(address, tcp);
    }

    public Task Say(string text) => Say(Encoding.Latin1.GetBytes(text));

    public async Task Say(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>Sends a GET and leaves the connection open.</summary>
    public Task Get(string path, string headers = "") => Say($"GET {path} HTTP/1.1\r\nHost: {_address.Authority}\r\n{headers}\r\n");

    /// <summary>Asks for a WebSocket on the hub.</summary>
    public Task OpenSocket(string headers = "") => Get(
        "/hubs/orders",
        headers + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");

    /// <summary>What the server answers, up to a text in it.</summary>
    public async Task<string> Hear(string until)
    {
        var heard = "";
        var buffer = new byte[4096];
        while (!heard.Contains(until, StringComparison.Ordinal))
        {
            var read = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            Assert.True(read > 0, $"The server hung up after: {heard}");
            heard += Encoding.UTF8.GetString(buffer, 0, read);
        }
        return heard;
    }

    /// <summary>All that the server sends before it closes the connection.</summary>
    public async Task<string> HearAll()
    {
        var heard = "";
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience) is > 0 and var read)
                heard += Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (IOException)
        {
            // Closed without a proper end.
        }
        return heard;
    }

    public void Dispose() => _tcp.Dispose();
}
