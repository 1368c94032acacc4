using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>Writes the next request of a kind and answers its length; 0 where there is no more to do. Called by all connections at once.</summary>
internal delegate int NextRequest(Span<byte> request);

/// <summary>What one measurement found.</summary>
/// <param name="PerSecond">Answers as expected, a second.</param>
/// <param name="Latency">From the first byte sent to the last received.</param>
/// <param name="CpuMicroseconds">What the server's process computed for each.</param>
internal sealed record Measured(double PerSecond, Histogram Latency, double CpuMicroseconds)
{
    public Sample Sample => new(PerSecond, Latency.Milliseconds(0.5), Latency.Milliseconds(0.99), Latency.Milliseconds(0.999), CpuMicroseconds);
}

/// <summary>As many connections as asked, each sending its next request as soon as it has its answer.</summary>
internal sealed class Load(Child server, int connections, NextRequest next, int expected = 200)
{
    private const int LongestRequest = 4096; // bytes

    /// <summary>Until the runtime has compiled what is hot with all its care: so many requests, or so many seconds on a slow machine.</summary>
    public Task WarmUp(double seconds, int requests = 150_000)
    {
        var left = requests;
        return new Load(server, connections, into => Interlocked.Decrement(ref left) < 0 ? 0 : next(into), expected).Run(0, seconds);
    }

    /// <summary>Runs for so long unmeasured, then measured; ends earlier where the work does.</summary>
    /// <exception cref="InvalidOperationException">Something was answered otherwise than expected: then the numbers would mean nothing.</exception>
    public async Task<Measured> Run(double warmUp, double seconds)
    {
        var open = new List<Connection>();
        try
        {
            for (var i = 0; i < connections; i++)
                open.Add(await Connection.Open(server.Port));
            var begin = Stopwatch.GetTimestamp() + (long)(warmUp * Stopwatch.Frequency);
            var end = begin + (long)(seconds * Stopwatch.Frequency);
            var all = open.ConvertAll(connection => Task.Run(() => Send(connection, begin, end)));

            await Task.Delay(TimeSpan.FromSeconds(warmUp));
            var cpu = server.CpuTime;
            await Task.WhenAll(all);
            cpu = server.CpuTime - cpu;
            await Task.Yield();     // off the thread of the sockets: the caller may block

            var latency = new Histogram();
            foreach (var (_, one) in all.Select(task => task.Result))
                latency.Add(one);
            var last = all.Max(task => task.Result.Last);
            return new(
                latency.Count / Math.Max(Stopwatch.GetElapsedTime(begin, Math.Min(last, end)).TotalSeconds, 0.001),
                latency,
                cpu.TotalMicroseconds / Math.Max(1, latency.Count));
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<(long Last, Histogram Latency)> Send(Connection connection, long begin, long end)
    {
        var latency = new Histogram();
        var request = new byte[LongestRequest];
        var now = Stopwatch.GetTimestamp();
        while (now < end && next(request) is > 0 and var length)
        {
            var status = await connection.Exchange(request.AsMemory(0, length));
            if (status != expected)
                throw new InvalidOperationException($"{status} instead of {expected}: {System.Text.Encoding.UTF8.GetString(request, 0, length)}");
            var sent = now;
            now = Stopwatch.GetTimestamp();
            if (now >= begin && now < end)
                latency.Add((long)Stopwatch.GetElapsedTime(sent, now).TotalMicroseconds);
        }
        return (now, latency);
    }
}
