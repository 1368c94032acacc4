using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StoreFlow.Tests.Postgres;

/// <summary>A server that says, as PostgreSQL 14 does, which version it is when somebody signs in. It answers nothing after that.</summary>
internal sealed class OldServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OldServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>A connection string that does not let Npgsql ask for the server's types, which are not here.</summary>
    public string Setting =>
        $"Host=127.0.0.1;Port={((IPEndPoint)_listener.LocalEndpoint).Port};Database=shop;Username=storeflow;"
        + "SSL Mode=Disable;Server Compatibility Mode=NoTypeLoading";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = SignInAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    // https://www.postgresql.org/docs/14/protocol-message-formats.html
    private static async Task SignInAsync(TcpClient client)
    {
        using (client)
            try
            {
                var stream = client.GetStream();
                while (!IsStartup(await ReadAsync(stream)))
                    await stream.WriteAsync("N"u8.ToArray()); // no encryption
                var answer = new List<byte>();
                Add(answer, 'R', new byte[4]); // no password is asked for
                foreach (var (name, value) in new[]
                {
                    ("server_version", "14.9"), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"), ("TimeZone", "UTC"),
                    ("integer_datetimes", "on"), ("standard_conforming_strings", "on"), ("DateStyle", "ISO, MDY"),
                })
                    Add(answer, 'S', Encoding.ASCII.GetBytes($"{name}\0{value}\0"));
                Add(answer, 'K', new byte[8]);
                Add(answer, 'Z', "I"u8.ToArray());
                await stream.WriteAsync(answer.ToArray());
                await stream.ReadExactlyAsync(new byte[1]); // until the caller goes
            }
            catch (IOException)
            {
                // The caller has gone.
            }
    }

    private static bool IsStartup(byte[] message) => BinaryPrimitives.ReadInt32BigEndian(message) == 196608; // protocol 3.0

    private static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await stream.ReadExactlyAsync(message);
        return message;
    }

    private static void Add(List<byte> answer, char kind, byte[] body)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length + 4);
        answer.AddRange([(byte)kind, .. length, .. body]);
    }

    public void Dispose() => _listener.Dispose();
}
