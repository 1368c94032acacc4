using System.Buffers.Text;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>
/// A client of a store's event stream. Latency is its own clock when it has read an event, less the event's
/// <c>timestamp</c>: that is taken just before the commit and cut to the millisecond, so the truth is a little less.
/// </summary>
internal sealed class Listener(Child server, long store)
{
    private const long Day = 24L * 3600 * 1_000_000; // microseconds

    private readonly byte[] _text = new byte[32 * 1024];
    private Connection? _connection;
    private long? _seen;
    private int _kept;

    /// <summary>Latencies since <see cref="Measure"/>.</summary>
    public Histogram Latency { get; private set; } = new();

    /// <summary>How often the server hung up, as it does with a listener that falls too far behind.</summary>
    public int CutOff { get; private set; }

    /// <summary>Starts to listen from now on; the task that this answers ends with <see cref="Stop"/>.</summary>
    public async Task<Task> Start()
    {
        await Connect();
        return Task.Run(async () =>
        {
            while (_connection is { } connection)
                try
                {
                    if (!await Hear(connection))
                        return;
                }
                catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException)
                {
                    if (_connection is null)
                        return;
                    CutOff++;
                    await Connect();
                }
        });
    }

    public void Measure() => Latency = new();

    public void Stop() => Interlocked.Exchange(ref _connection, null)?.Dispose();

    private async Task Connect()
    {
        var connection = await Connection.Open(server.Port, buffer: 16 * 1024);
        await connection.Send(Requests.Watch(store, _seen));
        if (await connection.ReadHead() is not (200, null))
            throw new InvalidOperationException("The event stream was refused.");
        _kept = 0;
        _connection?.Dispose();
        _connection = connection;
    }

    /// <summary>False at the orderly end of the stream.</summary>
    private async Task<bool> Hear(Connection connection)
    {
        while (await connection.ReadBody() is { Length: > 0 } piece)
        {
            piece.CopyTo(_text.AsMemory(_kept));
            _kept += piece.Length;
            var whole = _text.AsSpan(0, _kept).LastIndexOf("\n\n"u8) + 2;
            if (whole < 2)
                continue;
            Count(_text.AsSpan(0, whole));
            _text.AsSpan(whole.._kept).CopyTo(_text);
            _kept -= whole;
        }
        return false;
    }

    private void Count(ReadOnlySpan<byte> events)
    {
        var now = (long)DateTime.UtcNow.TimeOfDay.TotalMicroseconds;
        if (events.LastIndexOf("id: "u8) is >= 0 and var id && Utf8Parser.TryParse(events[(id + 4)..], out long sequence, out _))
            _seen = sequence;
        for (int at; (at = events.IndexOf("\"timestamp\":\""u8)) >= 0; events = events[(at + 13)..])
            Latency.Add((now - MicrosecondOfDay(events[(at + 13)..]) + Day) % Day);
    }

    /// <summary>Of <c>2026-11-22T10:15:30.123Z</c>.</summary>
    private static long MicrosecondOfDay(ReadOnlySpan<byte> instant)
    {
        static int Number(ReadOnlySpan<byte> digits)
        {
            var number = 0;
            foreach (var digit in digits)
                number = number * 10 + digit - '0';
            return number;
        }
        return (((Number(instant[11..13]) * 60 + Number(instant[14..16])) * 60 + Number(instant[17..19])) * 1000L + Number(instant[20..23])) * 1000;
    }
}
