using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>How long an event takes from its commit to each of many clients, while steps are taken at a steady pace.</summary>
internal static class Events
{
    public const int StepsPerSecond = 200;

    private const int Connections = 8;

    /// <param name="server">The server.</param>
    /// <param name="steps">Steps to take, of orders in the store that is watched.</param>
    /// <param name="store">The store.</param>
    /// <param name="subscribers">How many event streams listen.</param>
    /// <param name="seconds">How long steps are taken.</param>
    /// <returns>Events a second over all subscribers with their latency, and how many subscribers were cut off.</returns>
    public static async Task<(Sample Sample, int CutOff)> Measure(Child server, Steps steps, long store, int subscribers, double seconds)
    {
        var listeners = Enumerable.Range(0, subscribers).Select(_ => new Listener(server, store)).ToList();
        var listening = new List<Task>();
        try
        {
            foreach (var listener in listeners)
                listening.Add(await listener.Start());
            await Pace(server, steps, seconds: 1);
            listeners.ForEach(listener => listener.Measure());
            var cpu = server.CpuTime;
            await Pace(server, steps, seconds);
            cpu = server.CpuTime - cpu;
            await Task.Delay(200);      // for what is still on its way

            var latency = new Histogram();
            listeners.ForEach(listener => latency.Add(listener.Latency));
            return (
                new(latency.Count / seconds, latency.Milliseconds(0.5), latency.Milliseconds(0.99), latency.Milliseconds(0.999), cpu.TotalMicroseconds / latency.Count),
                listeners.Sum(listener => listener.CutOff));
        }
        finally
        {
            listeners.ForEach(listener => listener.Stop());
            await Task.WhenAll(listening);
            await Task.Yield();     // off the thread of the sockets: the caller may block
        }
    }

    private static async Task Pace(Child server, Steps steps, double seconds)
    {
        var open = new Connection[Connections];
        var busy = new Task<int>[Connections];
        var requests = new byte[Connections][];
        for (var i = 0; i < Connections; i++)
            (open[i], busy[i], requests[i]) = (await Connection.Open(server.Port), Task.FromResult(200), new byte[1024]);
        try
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < seconds * StepsPerSecond; i++)
            {
                var early = i * 1000.0 / StepsPerSecond - Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (early > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(early));
                var free = i % Connections;
                Expect(await busy[free]);
                var length = steps.Next(requests[free]);
                busy[free] = open[free].Exchange(requests[free].AsMemory(0, length)).AsTask();
            }
            foreach (var status in await Task.WhenAll(busy))
                Expect(status);
        }
        finally
        {
            foreach (var connection in open)
                connection.Dispose();
        }
    }

    private static void Expect(int status)
    {
        if (status != 200)
            throw new InvalidOperationException($"A step was answered with {status}.");
    }
}
