using System.Buffers.Text;
using System.Net.Sockets;
using HdrHistogram;

namespace StoreFlow.Bench;

/// <summary>
/// A client of a store's event stream. Latency is the client's clock when it has read an event, minus the event's
/// <c>timestamp</c>, which is taken before the commit and cut to the millisecond: the true latency is a little lower.
/// </summary>
internal sealed class EventListener : IAsyncDisposable
{
    private const long MicrosecondsPerDay = 24L * 3600 * 1_000_000;

    private readonly ServerProcess _server;
    private readonly long _store;
    private readonly byte[] _text = new byte[32 * 1024];
    private Connection? _connection;
    private Task _listening = Task.CompletedTask;
    private long? _lastSequence;
    private int _textLength;

    private EventListener(ServerProcess server, long store) => (_server, _store) = (server, store);

    /// <summary>Latencies since the last call of <see cref="ResetLatency"/>.</summary>
    public HistogramBase Histogram { get; private set; } = Latency.NewHistogram();

    /// <summary>How often the server closed the stream because this client was too slow.</summary>
    public int CutOff { get; private set; }

    public static async Task<EventListener> StartAsync(ServerProcess server, long store)
    {
        var listener = new EventListener(server, store);
        await listener.ConnectAsync();
        listener._listening = Task.Run(listener.ListenAsync);
        return listener;
    }

    public void ResetLatency() => Histogram = Latency.NewHistogram();

    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _connection, null)?.Dispose();
        await _listening;
        await Task.Yield();     // leave the socket thread: the caller may block
    }

    private async Task ListenAsync()
    {
        while (_connection is { } connection)
            try
            {
                if (!await ReadToEndAsync(connection))
                    return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                if (_connection is null)
                    return;
                CutOff++;
                await ConnectAsync();
            }
    }

    private async Task ConnectAsync()
    {
        var connection = await Connection.OpenAsync(_server.Port, buffer: 16 * 1024);
        await connection.SendAsync(Requests.Events(_store, _lastSequence));
        if (await connection.ReadHeadAsync() is not (200, null))
            throw new InvalidOperationException("The server refused the event stream.");
        _textLength = 0;
        _connection?.Dispose();
        _connection = connection;
    }

    /// <summary>Returns false at the regular end of the stream.</summary>
    private async Task<bool> ReadToEndAsync(Connection connection)
    {
        while (await connection.ReadBodyAsync() is { Length: > 0 } piece)
        {
            piece.CopyTo(_text.AsMemory(_textLength));
            _textLength += piece.Length;
            var complete = _text.AsSpan(0, _textLength).LastIndexOf("\n\n"u8) + 2;
            if (complete < 2)
                continue;
            Record(_text.AsSpan(0, complete));
            _text.AsSpan(complete.._textLength).CopyTo(_text);
            _textLength -= complete;
        }
        return false;
    }

    private void Record(ReadOnlySpan<byte> events)
    {
        var now = (long)DateTime.UtcNow.TimeOfDay.TotalMicroseconds;
        if (events.LastIndexOf("id: "u8) is >= 0 and var id && Utf8Parser.TryParse(events[(id + 4)..], out long sequence, out _))
            _lastSequence = sequence;
        for (int at; (at = events.IndexOf("\"timestamp\":\""u8)) >= 0; events = events[(at + 13)..])
            Histogram.RecordValue((now - MicrosecondOfDay(events[(at + 13)..]) + MicrosecondsPerDay) % MicrosecondsPerDay);
    }

    /// <summary>The time of day in an instant such as <c>2026-11-22T10:15:30.123Z</c>.</summary>
    private static long MicrosecondOfDay(ReadOnlySpan<byte> instant)
    {
        static int ParseNumber(ReadOnlySpan<byte> digits)
        {
            var number = 0;
            foreach (var digit in digits)
                number = number * 10 + digit - '0';
            return number;
        }
        var minutes = ParseNumber(instant[11..13]) * 60 + ParseNumber(instant[14..16]);
        var milliseconds = (minutes * 60 + ParseNumber(instant[17..19])) * 1000L + ParseNumber(instant[20..23]);
        return milliseconds * 1000;
    }
}
