namespace StoreFlow.Bench;

/// <summary>
/// The main table. A repetition measures everything once. If the machine's speed drifts, the ratios within a
/// repetition still compare what was measured within minutes.
/// </summary>
internal sealed class MainRun(StoreFlowServer program, string folder, Report report, double seconds, double warmUpSeconds)
{
    private const int Orders = 100_000;
    private const int Stores = 2;
    private static readonly int[] DayConnections = [1, 8, 32];
    private static readonly (string, string) SharingOff = ("StoreFlow__SharedCommits", "false");

    private readonly string _live = Path.Combine(folder, "live");
    private readonly string _raw = Path.Combine(folder, "raw");

    public async Task RunAsync(int repetitions)
    {
        AddGoals();
        var slowSyncs = SlowSyncs.Build(folder);
        if (slowSyncs is null)
            report.AddNote("The rows with 2 ms added to each sync were skipped: they need Linux and a C compiler.");
        var files = await Task.WhenAll(
            SeededFile.CreateMostlyOpenAsync(program, Path.Combine(folder, "seed"), Orders, Stores),
            SeededFile.CreateDayAsync(program, Path.Combine(folder, "seed-day")));
        var (file, day) = (files[0], files[1]);
        for (var i = 0; i < repetitions; i++)
        {
            Console.Error.WriteLine($"repetition {i + 1} of {repetitions}");
            await MeasureKestrelAsync();
            await MeasureReadsAsync(file);
            foreach (var writes in new[] { 1, 32 })
                report.Add($"raw limit, {writes} to a commit", "steps/s", RawLimit.MeasureSteps(file, _raw, writes, seconds));
            await MeasureStepsAsync(file, "", [1, 8, 32, 128], checkouts: true);
            await MeasureDayAsync(day);
            await MeasureStepsAsync(file, ", sharing off", [1, 32], settings: SharingOff);
            if (slowSyncs is not null)
            {
                await MeasureStepsAsync(file, ", syncs +2 ms", [32], settings: slowSyncs);
                await MeasureStepsAsync(file, ", syncs +2 ms, sharing off", [32], settings: [.. slowSyncs, SharingOff]);
            }
            await MeasureEventsAsync(file);
        }
    }

    private async Task MeasureKestrelAsync()
    {
        using var server = await KestrelCeiling.StartAsync();
        var load = new Load(server, 32, Requests.Nothing);
        report.Add("Kestrel's ceiling, 32 connections", "/s", await load.MeasureWarmAsync(warmUpSeconds, seconds));
    }

    private async Task MeasureReadsAsync(SeededFile file)
    {
        using var server = await program.StartOnCopyAsync(file, _live);
        report.Add("start", "s", new(server.StartUp.TotalSeconds));
        var order = new Load(server, 32, Requests.Order(file));
        report.Add("order reads, 32 connections", "/s", await order.MeasureWarmAsync(warmUpSeconds, seconds));
        var board = new Load(server, 32, Requests.Board(file));
        report.Add("board of 50, 32 connections", "/s", await board.MeasureWarmAsync(warmUpSeconds, seconds));
    }

    private async Task MeasureStepsAsync(
        SeededFile file, string how, int[] levels, bool checkouts = false, params (string, string)[] settings)
    {
        using var server = await program.StartOnCopyAsync(file, _live, settings);
        var steps = new StepRequests(file.PendingShuffled);
        await using (await EventListener.StartAsync(server, file.Stores[0]))
        {
            await new Load(server, 32, steps.WriteNext).WarmUpAsync(warmUpSeconds);
            foreach (var connections in levels)
            {
                var load = new Load(server, connections, steps.WriteNext);
                report.Add($"steps, {Many(connections)}{how}", "steps/s", await load.MeasureAsync(seconds));
            }
        }
        if (!checkouts)
            return;
        var checkout = new Load(server, 32, Requests.PickupCheckout(file), expectedStatus: 201);
        await checkout.WarmUpAsync(warmUpSeconds, requests: 10_000);
        report.Add("checkouts, 32 connections", "/s", await checkout.MeasureAsync(seconds));
        report.Add("memory, peak", "MB", new(server.PeakMegabytes));
    }

    private async Task MeasureDayAsync(SeededFile file)
    {
        foreach (var writes in DayConnections)
            report.Add($"real day, raw limit, {writes} to a commit", "steps/s", RawLimit.MeasureDay(file, _raw, writes, seconds));
        using var server = await program.StartOnCopyAsync(file, _live);
        var day = new RealDay(file);
        await using var listener = await EventListener.StartAsync(server, file.Stores[0]);
        await new Load(server, 32, day.NewClient).WarmUpAsync(warmUpSeconds);
        foreach (var connections in DayConnections)
        {
            var sample = await new Load(server, connections, day.NewClient).MeasureAsync(seconds);
            report.Add($"real day, {Many(connections)}", "steps/s", sample);
            report.Add(
                $"real day, {Many(connections)}, whole lives", "lives/s",
                new(sample.Value / OrderWindow.WritesPerLife, CpuMicroseconds: sample.CpuMicroseconds * OrderWindow.WritesPerLife));
        }
    }

    private async Task MeasureEventsAsync(SeededFile file)
    {
        var store = file.Stores[0];
        // The default limits would refuse the last of the 1,000 streams.
        (string, string)[] settings =
        [
            ("StoreFlow__Connections", "2000"), ("StoreFlow__WebSockets", "2000"), ("StoreFlow__LivePerPerson", "2000"),
        ];
        using var server = await program.StartOnCopyAsync(file, _live, settings);
        var steps = new StepRequests([.. file.PendingShuffled.Where(order => order.Store == store)]);
        await new Load(server, 4, steps.WriteNext).WarmUpAsync(warmUpSeconds / 2, requests: 20_000);
        foreach (var subscribers in new[] { 1, 100, 1000 })
        {
            var (sample, cutOff) = await EventLatency.MeasureAsync(server, server, steps, store, subscribers, seconds);
            report.Add(Events(subscribers), "/s", sample);
            if (cutOff > 0)
                report.AddNote($"Of {subscribers:N0} subscribers, slow ones were cut off {cutOff} times and resumed.");
        }
    }

    private void AddGoals()
    {
        report.AddGoal("steps, 32 connections", new() { Least = 0.9, Over = "raw limit, 32 to a commit" });
        report.AddGoal("steps, 32 connections", new() { Most = 10, Of = sample => sample.P99, What = "p99 ms" });
        report.AddGoal("real day, 32 connections", new() { Least = 0.5, Over = "real day, raw limit, 32 to a commit" });
        report.AddGoal("real day, 32 connections", new() { Most = 120, Of = sample => sample.CpuMicroseconds, What = "server CPU µs" });
        report.AddGoal("real day, 32 connections", new() { Most = 10, Of = sample => sample.P99, What = "p99 ms" });
        report.AddGoal(
            "steps, 32 connections, syncs +2 ms", new() { Least = 9, Over = "steps, 32 connections, syncs +2 ms, sharing off" });
        report.AddGoal("order reads, 32 connections", new() { Least = 0.3, Over = "Kestrel's ceiling, 32 connections" });
        report.AddGoal("board of 50, 32 connections", new() { Least = 4_000 });
        report.AddGoal("memory, peak", new() { Most = 180 });
        report.AddGoal("start", new() { Most = 0.65 });
        report.AddGoal(Events(100), new() { Most = 20, Of = sample => sample.P99, What = "p99 ms" });
        report.AddGoal(Events(1000), new() { Most = 100, Of = sample => sample.P99, What = "p99 ms" });
    }

    private static string Events(int subscribers) =>
        $"events to {subscribers:N0} {(subscribers == 1 ? "subscriber" : "subscribers")} at {EventLatency.StepsPerSecond} steps/s";

    private static string Many(int connections) => connections == 1 ? "1 connection" : $"{connections} connections";
}
