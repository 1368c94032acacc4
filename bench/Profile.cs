namespace StoreFlow.Bench;

/// <summary>One kind of load for as long as it takes to look inside the server with a profiler; tells its process and, second by second, how it does.</summary>
internal sealed class Profile(StoreFlowServer program, string folder, int connections, int seconds)
{
    public static readonly string[] Kinds = ["steps", "checkouts", "orders", "board"];

    public async Task Run(string kind)
    {
        var file = await SeededFile.Make(program, Path.Combine(folder, "seed"), orders: 100_000, stores: 2);
        file.CopyTo(Path.Combine(folder, "live"));
        using var server = await program.Start(Path.Combine(folder, "live"));
        Console.WriteLine($"The server is process {server.Id}.");
        var (next, expected) = kind switch
        {
            "steps" => (new Steps(file.Pending).Next, 200),
            "checkouts" => (Requests.Checkout(file), 201),
            "orders" => (Requests.Order(file), 200),
            _ => (Requests.Board(file), 200),
        };
        var listener = new Listener(server, file.Stores[0]);
        var listening = await listener.Start();
        for (var i = 0; i < seconds; i++)
        {
            var sample = (await new Load(server, connections, next, expected).Run(warmUp: 0, seconds: 1)).Sample;
            Console.WriteLine($"{sample.Value,8:0}/s, p50 {sample.P50:0.00} ms, p99 {sample.P99:0.0} ms, {sample.CpuMicroseconds:0} µs of the server each, {server.Megabytes:0} MB");
        }
        listener.Stop();
        await listening;
    }
}
