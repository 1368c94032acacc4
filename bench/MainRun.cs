namespace StoreFlow.Bench;

/// <summary>
/// The main table. All is measured in turn and the whole turn repeated, so that a machine whose speed drifts spoils
/// the figures less, and the ratios within a turn hardly.
/// </summary>
internal sealed class MainRun(StoreFlowServer program, string folder, Report report, double seconds)
{
    private const double WarmUp = 15; // seconds, or as many requests as do: the JIT's last tier takes up to twelve of them under load

    private const int Orders = 100_000;
    private const int Stores = 2;

    public async Task Run(int repetitions)
    {
        Targets();
        var slowDisk = SlowDisk.Build(folder);
        if (slowDisk is null)
            report.Note("The rows with 2 ms added to each sync were skipped: they need Linux and a C compiler.");
        var file = await SeededFile.Make(program, Folder("seed"), Orders, Stores);
        for (var i = 0; i < repetitions; i++)
        {
            Console.Error.WriteLine($"repetition {i + 1} of {repetitions}");
            report.Add("raw limit, 1 to a commit", "/s", RawLimit.Measure(file, Folder("raw"), toACommit: 1, seconds));
            report.Add("raw limit, 32 to a commit", "/s", RawLimit.Measure(file, Folder("raw"), toACommit: 32, seconds));
            await Kestrel();
            await Reads(file);
            await Writes(file, "", [1, 8, 32, 128], checkouts: true);
            await Writes(file, ", sharing off", [1, 32], settings: ("StoreFlow__SharedCommits", "false"));
            if (slowDisk is not null)
            {
                await Writes(file, ", syncs +2 ms", [1, 32], settings: slowDisk);
                await Writes(file, ", syncs +2 ms, sharing off", [1, 32], settings: [.. slowDisk, ("StoreFlow__SharedCommits", "false")]);
            }
            await Listening(file);
        }
    }

    private async Task Kestrel()
    {
        using var server = await Ceiling.Start();
        await new Load(server, 32, Requests.Nothing).WarmUp(WarmUp);
        foreach (var connections in new[] { 1, 32, 128 })
            report.Add($"Kestrel's ceiling, {Many(connections)}", "/s", (await new Load(server, connections, Requests.Nothing).Run(0.3, seconds)).Sample);
    }

    private async Task Reads(SeededFile file)
    {
        using var server = await Fresh(file);
        report.Add("start-up", "s", new(server.StartUp.TotalSeconds));
        foreach (var (name, request) in new[] { ("order reads", Requests.Order(file)), ("board reads (50 orders)", Requests.Board(file)) })
        {
            var load = new Load(server, 32, request);
            await load.WarmUp(WarmUp);
            report.Add($"{name}, 32 connections", "/s", (await load.Run(0.3, seconds)).Sample);
        }
    }

    private async Task Writes(SeededFile file, string how, int[] levels, bool checkouts = false, params (string, string)[] settings)
    {
        using var server = await Fresh(file, settings);
        var steps = new Steps(file.Pending);
        var listener = new Listener(server, file.Stores[0]);
        var listening = await listener.Start();
        await new Load(server, 32, steps.Next).WarmUp(WarmUp);
        foreach (var connections in levels)
            report.Add($"steps, {Many(connections)}{how}", "/s", (await new Load(server, connections, steps.Next).Run(0.3, seconds)).Sample);
        listener.Stop();
        await listening;
        if (!checkouts)
            return;
        report.Add("memory after the steps", "MB", new(server.Megabytes));
        var checkout = new Load(server, 32, Requests.Checkout(file), expected: 201);
        await checkout.WarmUp(WarmUp, requests: 10_000);
        report.Add("checkouts, 32 connections", "/s", (await checkout.Run(0.3, seconds)).Sample);
        report.Add("memory, peak", "MB", new(server.PeakMegabytes));
    }

    private async Task Listening(SeededFile file)
    {
        var store = file.Stores[0];
        // The limits of a small shop would turn the last of the thousand away.
        using var server = await Fresh(
            file, ("StoreFlow__Connections", "2000"), ("StoreFlow__WebSockets", "2000"), ("StoreFlow__LivePerPerson", "2000"));
        var steps = new Steps([.. file.Pending.Where(order => order.Store == store)]);
        await new Load(server, 4, steps.Next).WarmUp(WarmUp / 2, requests: 20_000);
        foreach (var subscribers in new[] { 1, 100, 1000 })
        {
            var (sample, cutOff) = await Events.Measure(server, steps, store, subscribers, Math.Max(2, seconds));
            report.Add($"events to {subscribers:N0} subscribers at {Events.StepsPerSecond} steps/s", "/s", sample);
            if (cutOff > 0)
                report.Note($"{cutOff} of {subscribers} subscribers fell too far behind, were cut off and resumed.");
        }
    }

    private Task<Child> Fresh(SeededFile file, params (string, string)[] settings)
    {
        var copy = Folder("live");
        Directory.Delete(copy, recursive: true);
        file.CopyTo(copy);
        return program.Start(copy, settings);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static string Many(int connections) => connections == 1 ? "1 connection" : $"{connections} connections";

    private void Targets()
    {
        report.Ratio("steps, 32 connections", "raw limit, 32 to a commit", 0.45);
        report.Ratio("steps, 32 connections", "Kestrel's ceiling, 32 connections", 0.2);
        report.Bound("steps, 32 connections", most: 10, of: sample => sample.P99, what: "p99 ms");
        report.Ratio("steps, 128 connections", "steps, 32 connections", 1.4);
        report.Ratio("steps, 32 connections", "steps, 32 connections, sharing off", 3);
        report.Ratio("steps, 32 connections, syncs +2 ms", "steps, 32 connections, syncs +2 ms, sharing off", 10);
        report.Ratio("steps, 1 connection", "steps, 1 connection, sharing off", 0.9);
        report.Ratio("checkouts, 32 connections", "steps, 32 connections", 0.4);
        report.Bound("order reads, 32 connections", least: 25_000);
        report.Bound("board reads (50 orders), 32 connections", least: 4_000);
        report.Bound($"events to 100 subscribers at {Events.StepsPerSecond} steps/s", most: 20, of: sample => sample.P99, what: "p99 ms");
        report.Bound($"events to 1,000 subscribers at {Events.StepsPerSecond} steps/s", most: 100, of: sample => sample.P99, what: "p99 ms");
        report.Bound("memory, peak", most: 180, what: "MB");
        report.Bound("start-up", most: 0.6, what: "s");
    }
}
