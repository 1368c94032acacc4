using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>How long an event takes from its commit to each of many subscribers, while steps are taken at a steady rate.</summary>
internal static class EventLatency
{
    public const int StepsPerSecond = 200;

    private const int Connections = 8;

    /// <param name="server">The server, or the node that takes the steps.</param>
    /// <param name="listeningTo">The server, or the node that has the subscribers.</param>
    /// <param name="steps">Steps of orders in the watched store.</param>
    /// <param name="store">The watched store.</param>
    /// <param name="subscribers">How many event streams are open.</param>
    /// <param name="seconds">How long steps are taken.</param>
    /// <returns>Events a second to all subscribers together with their latency, and how often a subscriber was cut off.</returns>
    public static async Task<(Sample Sample, int CutOff)> MeasureAsync(
        ServerProcess server, ServerProcess listeningTo, StepRequests steps, long store, int subscribers, double seconds)
    {
        var listeners = new List<EventListener>();
        try
        {
            for (var i = 0; i < subscribers; i++)
                listeners.Add(await EventListener.StartAsync(listeningTo, store));
            await TakeStepsAsync(server, steps, seconds: 1);
            listeners.ForEach(listener => listener.ResetLatency());
            var cpu = server.CpuTime;
            await TakeStepsAsync(server, steps, seconds);
            cpu = server.CpuTime - cpu;
            await Task.Delay(200);      // for the events still on their way

            var histogram = Latency.NewHistogram();
            listeners.ForEach(listener => histogram.Add(listener.Histogram));
            var sample = histogram.ToSample(histogram.TotalCount / seconds, cpu.TotalMicroseconds / histogram.TotalCount);
            return (sample, listeners.Sum(listener => listener.CutOff));
        }
        finally
        {
            foreach (var listener in listeners)
                await listener.DisposeAsync();
        }
    }

    private static async Task TakeStepsAsync(ServerProcess server, StepRequests steps, double seconds)
    {
        var open = new Connection[Connections];
        var running = new Task<int>[Connections];
        var requests = new byte[Connections][];
        for (var i = 0; i < Connections; i++)
            (open[i], running[i], requests[i]) = (await Connection.OpenAsync(server.Port), Task.FromResult(200), new byte[1024]);
        try
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < seconds * StepsPerSecond; i++)
            {
                var wait = i * 1000.0 / StepsPerSecond - Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (wait > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(wait));
                var which = i % Connections;
                ThrowUnlessOk(await running[which]);
                var length = steps.WriteNext(requests[which]);
                running[which] = open[which].ExchangeAsync(requests[which].AsMemory(0, length)).AsTask();
            }
            foreach (var status in await Task.WhenAll(running))
                ThrowUnlessOk(status);
        }
        finally
        {
            foreach (var connection in open)
                connection.Dispose();
        }
    }

    private static void ThrowUnlessOk(int status)
    {
        if (status != 200)
            throw new InvalidOperationException($"The server answered {status} to a step.");
    }
}
