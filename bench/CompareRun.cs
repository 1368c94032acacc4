namespace StoreFlow.Bench;

/// <summary>
/// Two published builds, both running, loaded in turns of a few seconds: old, new, new, old, ... So the drift of the machine meets
/// both alike. Each makes its own files with its own schema, filled alike.
/// </summary>
internal sealed class CompareRun(StoreFlowServer oldBuild, StoreFlowServer newBuild, string folder, double seconds, double warmUpSeconds)
{
    private const int Connections = 32;

    private sealed record Build(string Name, StoreFlowServer Server, SeededFile File, SeededFile Day);

    private sealed record Running(Build Build, ServerProcess Server);

    private readonly Comparison _comparison = new();

    public async Task<Comparison> RunAsync(int turns)
    {
        var builds = await Task.WhenAll(PrepareAsync(Comparison.Old, oldBuild), PrepareAsync(Comparison.New, newBuild));
        await MeasureStartsAsync(builds, turns);
        await WithServersAsync(builds, build => build.File, async pair =>
        {
            await MeasureAsync(pair, turns, "order reads", running => Requests.Order(running.Build.File));
            await MeasureAsync(pair, turns, "board of 50", running => Requests.Board(running.Build.File));
            await MeasureAsync(pair, turns, "steps", running => new StepRequests(running.Build.File.PendingShuffled).WriteNext);
            await MeasureAsync(pair, turns, "checkouts", running => Requests.PickupCheckout(running.Build.File), expectedStatus: 201);
            foreach (var running in pair)
                _comparison.Add(running.Build.Name, "memory after these, peak, MB", running.Server.PeakMegabytes, lessIsBetter: true);
        });
        await WithServersAsync(builds, build => build.Day, pair => MeasureAsync(pair, turns, "real day", running =>
            new Load(running.Server, Connections, new RealDay(running.Build.Day).NewClient)));
        return _comparison;
    }

    private async Task<Build> PrepareAsync(string name, StoreFlowServer server) => new(
        name,
        server,
        await SeededFile.CreateMostlyOpenAsync(server, Path.Combine(folder, $"seed-{name}"), orders: 100_000, stores: 2),
        await SeededFile.CreateDayAsync(server, Path.Combine(folder, $"seed-day-{name}")));

    private async Task MeasureStartsAsync(IReadOnlyList<Build> builds, int turns)
    {
        foreach (var build in builds)
            build.File.CopyTo(LiveFolder(build));
        await TakeTurnsAsync(builds, turns, async build =>
        {
            using var started = await build.Server.StartAsync(LiveFolder(build));
            _comparison.Add(build.Name, "start, s", started.StartUp.TotalSeconds, lessIsBetter: true);
        });
    }

    /// <summary>Runs a server of each build on a copy of its file, each with somebody who listens to a store's events.</summary>
    private async Task WithServersAsync(
        IReadOnlyList<Build> builds, Func<Build, SeededFile> file, Func<IReadOnlyList<Running>, Task> measure)
    {
        var pair = new List<Running>();
        var listeners = new List<EventListener>();
        try
        {
            foreach (var build in builds)
            {
                pair.Add(new(build, await build.Server.StartOnCopyAsync(file(build), LiveFolder(build))));
                listeners.Add(await EventListener.StartAsync(pair[^1].Server, file(build).Stores[0]));
            }
            await measure(pair);
        }
        finally
        {
            foreach (var listener in listeners)
                await listener.DisposeAsync();
            pair.ForEach(running => running.Server.Dispose());
        }
    }

    private Task MeasureAsync(
        IReadOnlyList<Running> pair, int turns, string name, Func<Running, NextRequest> requests, int expectedStatus = 200) =>
        MeasureAsync(pair, turns, name, running => new Load(running.Server, Connections, requests(running), expectedStatus));

    private async Task MeasureAsync(IReadOnlyList<Running> pair, int turns, string name, Func<Running, Load> newLoad)
    {
        var loads = pair.ToDictionary(running => running, newLoad);
        foreach (var load in loads.Values)
            await load.WarmUpAsync(warmUpSeconds);
        await TakeTurnsAsync(pair, turns, async running =>
        {
            var sample = await loads[running].MeasureAsync(seconds);
            _comparison.Add(running.Build.Name, $"{name}, {Connections} connections, /s", sample.Value);
            _comparison.Add(running.Build.Name, $"{name}, p99 ms", sample.P99!.Value, lessIsBetter: true);
            _comparison.Add(running.Build.Name, $"{name}, server CPU µs each", sample.CpuMicroseconds!.Value, lessIsBetter: true);
        });
    }

    private static async Task TakeTurnsAsync<T>(IReadOnlyList<T> pair, int turns, Func<T, Task> measure)
    {
        for (var turn = 0; turn < turns; turn++)
            foreach (var one in turn % 2 == 0 ? pair : pair.Reverse())
                await measure(one);
    }

    private string LiveFolder(Build build) => Path.Combine(folder, $"live-{build.Name}");
}
