namespace StoreFlow.Bench;

/// <summary>
/// Two published builds in turns: old, new, old, new, ... Each makes its own files with its own schema, filled alike.
/// </summary>
internal sealed class CompareRun(StoreFlowServer oldBuild, StoreFlowServer newBuild, string folder, double seconds, double warmUpSeconds)
{
    private const int Starts = 3;

    private sealed record Build(string Name, StoreFlowServer Server, SeededFile File, SeededFile Day);

    private readonly Comparison _comparison = new();

    public async Task<Comparison> RunAsync(int rounds)
    {
        var builds = await Task.WhenAll(PrepareAsync(Comparison.Old, oldBuild), PrepareAsync(Comparison.New, newBuild));
        for (var round = 1; round <= rounds; round++)
            foreach (var build in builds)
            {
                Console.Error.WriteLine($"round {round} of {rounds}, {build.Name}");
                await MeasureAsync(build);
                await MeasureDayAsync(build);
            }
        return _comparison;
    }

    private async Task<Build> PrepareAsync(string name, StoreFlowServer server) => new(
        name,
        server,
        await SeededFile.CreateMostlyOpenAsync(server, Path.Combine(folder, $"seed-{name}"), orders: 100_000, stores: 2),
        await SeededFile.CreateDayAsync(server, Path.Combine(folder, $"seed-day-{name}")));

    private async Task MeasureAsync(Build build)
    {
        var live = Path.Combine(folder, "live");
        build.File.CopyTo(live);
        var starts = new List<double?>();
        for (var i = 0; i < Starts; i++)
            using (var started = await build.Server.StartAsync(live))
                starts.Add(started.StartUp.TotalSeconds);
        _comparison.Add(build.Name, "start, s", starts.Median()!.Value, lessIsBetter: true);

        using var server = await build.Server.StartAsync(live);
        _comparison.Add(build.Name, "order reads, 32 connections, /s",
            (await new Load(server, 32, Requests.Order(build.File)).MeasureWarmAsync(warmUpSeconds, seconds)).Value);
        _comparison.Add(build.Name, "board of 50, 32 connections, /s",
            (await new Load(server, 32, Requests.Board(build.File)).MeasureWarmAsync(warmUpSeconds, seconds)).Value);

        var steps = new StepRequests(build.File.PendingShuffled);
        await using (await EventListener.StartAsync(server, build.File.Stores[0]))
            AddRate(build, "steps, 32 connections", await new Load(server, 32, steps.WriteNext).MeasureWarmAsync(warmUpSeconds, seconds));
        _comparison.Add(build.Name, "memory after these, peak, MB", server.PeakMegabytes, lessIsBetter: true);
    }

    private async Task MeasureDayAsync(Build build)
    {
        using var server = await build.Server.StartOnCopyAsync(build.Day, Path.Combine(folder, "live"));
        var day = new RealDay(build.Day);
        await using var listener = await EventListener.StartAsync(server, build.Day.Stores[0]);
        AddRate(build, "real day, 32 connections", await new Load(server, 32, day.NewClient).MeasureWarmAsync(warmUpSeconds, seconds));
    }

    private void AddRate(Build build, string name, Sample sample)
    {
        _comparison.Add(build.Name, $"{name}, steps/s", sample.Value);
        _comparison.Add(build.Name, $"{name}, p99 ms", sample.P99!.Value, lessIsBetter: true);
        _comparison.Add(build.Name, $"{name}, server CPU µs a step", sample.CpuMicroseconds!.Value, lessIsBetter: true);
    }
}
