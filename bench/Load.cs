using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace StoreFlow.Bench;

/// <summary>A number of connections, each of which sends its next request as soon as it has its answer.</summary>
/// <param name="servers">The server, or the nodes among which the connections are dealt out in turn.</param>
/// <param name="connections">How many connections.</param>
/// <param name="newClient">Makes the client of each connection.</param>
internal sealed class Load(IReadOnlyList<ServerProcess> servers, int connections, Func<Client> newClient)
{
    private const int LongestRequest = 4096; // bytes
    private const double SettleSeconds = 0.3;
    private const int Busy = 503;

    /// <summary>After so many requests under load, the JIT is done with its last tier.</summary>
    private const int WarmUpRequests = 150_000;

    public Load(ServerProcess server, int connections, Func<Client> newClient)
        : this([server], connections, newClient)
    {
    }

    public Load(ServerProcess server, int connections, NextRequest next, int expectedStatus = 200)
        : this([server], connections, next, expectedStatus)
    {
    }

    public Load(IReadOnlyList<ServerProcess> servers, int connections, NextRequest next, int expectedStatus = 200)
        : this(servers, connections, () => new IndependentRequests(next, expectedStatus))
    {
    }

    private TimeSpan CpuTime => servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.CpuTime);

    /// <summary>Sends requests without measuring: this many, or fewer if the seconds are over before.</summary>
    public Task WarmUpAsync(double seconds, int requests = WarmUpRequests) => RunAsync(0, seconds, requests);

    /// <summary>Measures for so many seconds; ends earlier if there are no more requests.</summary>
    /// <exception cref="InvalidOperationException">An answer had an unexpected status, so the figures would mean nothing.</exception>
    public Task<Sample> MeasureAsync(double seconds) => RunAsync(SettleSeconds, seconds, int.MaxValue);

    public async Task<Sample> MeasureWarmAsync(double warmUpSeconds, double seconds)
    {
        await WarmUpAsync(warmUpSeconds);
        return await MeasureAsync(seconds);
    }

    private async Task<Sample> RunAsync(double settleSeconds, double seconds, int mostRequests)
    {
        var open = new List<Connection>();
        try
        {
            for (var i = 0; i < connections; i++)
                open.Add(await Connection.OpenAsync(servers[i % servers.Count].Port));
            var begin = Stopwatch.GetTimestamp() + (long)(settleSeconds * Stopwatch.Frequency);
            var end = begin + (long)(seconds * Stopwatch.Frequency);
            var left = new Budget(mostRequests);
            var all = open.ConvertAll(connection => Task.Run(() => SendAsync(connection, left, begin, end, isWarmUp: settleSeconds == 0)));

            await Task.Delay(TimeSpan.FromSeconds(settleSeconds));
            var cpu = CpuTime;
            var results = await Task.WhenAll(all);
            cpu = CpuTime - cpu;
            await Task.Yield();     // leave the socket thread: the caller may block

            var histogram = Latency.NewHistogram();
            foreach (var (_, part) in results)
                histogram.Add(part);
            var last = Math.Min(results.Max(result => result.Last), end);
            return histogram.ToSample(
                histogram.TotalCount / Math.Max(Stopwatch.GetElapsedTime(begin, last).TotalSeconds, 0.001),
                cpu.TotalMicroseconds / Math.Max(1, histogram.TotalCount));
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<(long Last, HdrHistogram.HistogramBase Latency)> SendAsync(
        Connection connection, Budget left, long begin, long end, bool isWarmUp)
    {
        var histogram = Latency.NewHistogram();
        var client = newClient();
        var request = new byte[LongestRequest];
        var now = Stopwatch.GetTimestamp();
        while (now < end && left.Take() && client.WriteNext(request) is > 0 and var length)
        {
            client.Body?.ResetWrittenCount();
            var status = await connection.ExchangeAsync(request.AsMemory(0, length), client.Body);
            // While it warms up, a server may be busy: it then asks for the same again.
            for (var tries = 0; status == Busy && isWarmUp && tries < 50; tries++)
            {
                await Task.Delay(200);
                status = await connection.ExchangeAsync(request.AsMemory(0, length), client.Body);
            }
            if (!client.Accepts(status))
                throw await FaultAsync(connection, status, request.AsMemory(0, length));
            var sent = now;
            now = Stopwatch.GetTimestamp();
            if (now >= begin && now < end)
                histogram.Record(sent, now);
        }
        return (now, histogram);
    }

    /// <summary>Says why: the answers are not kept, so the server is asked once more.</summary>
    private async Task<InvalidOperationException> FaultAsync(Connection connection, int status, ReadOnlyMemory<byte> request)
    {
        var answer = new ArrayBufferWriter<byte>();
        var again = await connection.ExchangeAsync(request, answer);
        return new(
            $"The server at port {servers[0].Port} answered {status} to {Encoding.UTF8.GetString(request.Span)}\n"
            + $"and {again} when it was asked again: {Encoding.UTF8.GetString(answer.WrittenSpan)}\n"
            + string.Join('\n', servers.Select(server => server.Output)));
    }

    /// <summary>How many requests all connections together may still send.</summary>
    private sealed class Budget(int requests)
    {
        private int _left = requests;

        public bool Take() => Interlocked.Decrement(ref _left) >= 0;
    }
}
