namespace StoreFlow.Bench;

/// <summary>Keeps up one kind of load for a profiler. Prints the server's process id, and the figures of each second.</summary>
internal sealed class ProfileRun(StoreFlowServer program, string folder, int connections, int seconds)
{
    public static readonly string[] Kinds = ["steps", "day", "checkouts", "orders", "board"];

    public async Task RunAsync(string kind)
    {
        var seed = Path.Combine(folder, "seed");
        var file = kind == "day"
            ? await SeededFile.CreateDayAsync(program, seed)
            : await SeededFile.CreateMostlyOpenAsync(program, seed, orders: 100_000, stores: 2);
        using var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"));
        Console.WriteLine($"The server is process {server.Id}.");
        var load = kind switch
        {
            "steps" => new Load(server, connections, new StepRequests(file.PendingShuffled).WriteNext),
            "day" => new Load(server, connections, new RealDay(file).NewClient),
            "checkouts" => new Load(server, connections, Requests.PickupCheckout(file), expectedStatus: 201),
            "orders" => new Load(server, connections, Requests.Order(file)),
            _ => new Load(server, connections, Requests.Board(file)),
        };
        await using var listener = await EventListener.StartAsync(server, file.Stores[0]);
        for (var i = 0; i < seconds; i++)
        {
            var sample = await load.MeasureAsync(seconds: 1);
            Console.WriteLine(
                $"{sample.Value,8:0}/s, p50 {sample.P50:0.00} ms, p99 {sample.P99:0.0} ms, "
                + $"server CPU {sample.CpuMicroseconds:0} µs each, {server.Megabytes:0} MB");
        }
    }
}
