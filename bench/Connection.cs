using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>
/// One HTTP/1.1 connection, as lean as it can be, since the client shares the machine with the server that it
/// measures: requests come as bytes, and of an answer only the status is kept.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer;
    private int _start;
    private int _end;
    private long _leftOfChunk = -1; // -1: the next line tells the size of a chunk

    private Connection(int buffer) => _buffer = new byte[buffer];

    public static async Task<Connection> Open(int port, int buffer = 64 * 1024)
    {
        var connection = new Connection(buffer);
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, port);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async ValueTask Send(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
            request = request[await _socket.SendAsync(request, SocketFlags.None)..];
    }

    /// <summary>Sends a request and reads its answer to the end; the status tells how it went.</summary>
    public async ValueTask<int> Exchange(ReadOnlyMemory<byte> request)
    {
        await Send(request);
        var (status, length) = await ReadHead();
        if (length is { } bytes)
            await Skip(bytes);
        else
            while (await ReadBody() is { Length: > 0 })
            {
                // Only its end matters.
            }
        return status;
    }

    /// <summary>Reads an answer's head; the length is null where the body comes in chunks.</summary>
    public async ValueTask<(int Status, long? Length)> ReadHead()
    {
        int end;
        while ((end = Unread.IndexOf("\r\n\r\n"u8)) < 0)
            await Receive();
        var head = Unread[..(end + 2)];
        var status = Number(head[9..12]);
        var at = head.IndexOf("Content-Length: "u8);
        long? length = at < 0 ? null : Number(head[(at + 16)..][..head[(at + 16)..].IndexOf((byte)'\r')]);
        if (length is null && head.IndexOf("Transfer-Encoding: chunked"u8) < 0)
            length = 0;
        _start += end + 4;
        return (status, length);
    }

    /// <summary>What has come of a body in chunks, good until the next call; empty at its end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBody()
    {
        if (_leftOfChunk == 0)
        {
            await Skip(2);
            _leftOfChunk = -1;
        }
        if (_leftOfChunk < 0)
        {
            int end;
            while ((end = Unread.IndexOf("\r\n"u8)) < 0)
                await Receive();
            _leftOfChunk = Number(Unread[..end], NumberStyles.AllowHexSpecifier);
            _start += end + 2;
            if (_leftOfChunk == 0)
            {
                await Skip(2);
                _leftOfChunk = -1;
                return default;
            }
        }
        if (_start == _end)
            await Receive();
        var length = (int)Math.Min(_leftOfChunk, _end - _start);
        var piece = _buffer.AsMemory(_start, length);
        _start += length;
        _leftOfChunk -= length;
        return piece;
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    private static int Number(ReadOnlySpan<byte> text, NumberStyles style = NumberStyles.None) => int.Parse(text, style, CultureInfo.InvariantCulture);

    private async ValueTask Skip(long bytes)
    {
        while (bytes > _end - _start)
        {
            bytes -= _end - _start;
            _start = _end;
            await Receive();
        }
        _start += (int)bytes;
    }

    private async ValueTask Receive()
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_end == _buffer.Length)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
        if (received == 0)
            throw new IOException("The server has hung up.");
        _end += received;
    }
}
