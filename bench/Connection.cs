using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>
/// One HTTP/1.1 connection. It does as little as possible, since the client shares the machine with the server it
/// measures: requests are bytes, and the body of an answer is skipped unless the caller wants it.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer;
    private int _start;
    private int _end;
    private long _leftInChunk = -1; // -1: the next line has the size of a chunk

    private Connection(int buffer) => _buffer = new byte[buffer];

    public static async Task<Connection> OpenAsync(int port, int buffer = 64 * 1024)
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

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
            request = request[await _socket.SendAsync(request, SocketFlags.None)..];
    }

    /// <summary>Sends a request, reads its answer to the end and returns the status.</summary>
    /// <param name="request">The whole request.</param>
    /// <param name="body">The body of the answer is added to it; null to skip the body.</param>
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, ArrayBufferWriter<byte>? body = null)
    {
        await SendAsync(request);
        var (status, length) = await ReadHeadAsync();
        if (length is { } bytes)
            await ReadAsync(bytes, body);
        else
            while (await ReadBodyAsync() is { Length: > 0 } piece)
                body?.Write(piece.Span);
        return status;
    }

    /// <summary>Reads the head of an answer. The length is null if the body comes in chunks.</summary>
    public async ValueTask<(int Status, long? Length)> ReadHeadAsync()
    {
        int end;
        while ((end = Unread.IndexOf("\r\n\r\n"u8)) < 0)
            await ReceiveAsync();
        var head = Unread[..(end + 2)];
        var status = ParseNumber(head[9..12]);
        var at = head.IndexOf("Content-Length: "u8);
        long? length = at < 0 ? null : ParseNumber(head[(at + 16)..][..head[(at + 16)..].IndexOf((byte)'\r')]);
        if (length is null && head.IndexOf("Transfer-Encoding: chunked"u8) < 0)
            length = 0;
        _start += end + 4;
        return (status, length);
    }

    /// <summary>The next piece of a body that comes in chunks, valid until the next call; empty at its end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        if (_leftInChunk == 0)
        {
            await ReadAsync(2);
            _leftInChunk = -1;
        }
        if (_leftInChunk < 0)
        {
            int end;
            while ((end = Unread.IndexOf("\r\n"u8)) < 0)
                await ReceiveAsync();
            _leftInChunk = ParseNumber(Unread[..end], NumberStyles.AllowHexSpecifier);
            _start += end + 2;
            if (_leftInChunk == 0)
            {
                await ReadAsync(2);
                _leftInChunk = -1;
                return default;
            }
        }
        if (_start == _end)
            await ReceiveAsync();
        var length = (int)Math.Min(_leftInChunk, _end - _start);
        var piece = _buffer.AsMemory(_start, length);
        _start += length;
        _leftInChunk -= length;
        return piece;
    }

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    private static int ParseNumber(ReadOnlySpan<byte> text, NumberStyles style = NumberStyles.None) =>
        int.Parse(text, style, CultureInfo.InvariantCulture);

    private async ValueTask ReadAsync(long bytes, ArrayBufferWriter<byte>? body = null)
    {
        while (bytes > 0)
        {
            if (_start == _end)
                await ReceiveAsync();
            var length = (int)Math.Min(bytes, _end - _start);
            body?.Write(_buffer.AsSpan(_start, length));
            _start += length;
            bytes -= length;
        }
    }

    private async ValueTask ReceiveAsync()
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
            throw new IOException("The server closed the connection.");
        _end += received;
    }
}
