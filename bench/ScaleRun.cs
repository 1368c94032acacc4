namespace StoreFlow.Bench;

/// <summary>Whether anything becomes slower as a file grows: the same requests at three sizes, in one store and in two hundred.</summary>
internal sealed class ScaleRun(StoreFlowServer program, string folder, Report report, double seconds)
{
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    public async Task RunAsync(int repetitions)
    {
        foreach (var stores in new[] { 1, 200 })
        {
            foreach (var orders in Sizes)
            {
                var seed = Path.Combine(folder, "seed");
                var file = await SeededFile.CreateMostlyOpenAsync(program, seed, orders, stores);
                for (var i = 0; i < repetitions; i++)
                    await MeasureAsync(file, stores);
                Directory.Delete(seed, recursive: true);
            }
            foreach (var what in new[] { "order", "board", "list page", "search by reference", "step", "checkout" })
                report.AddGoal(
                    Name(what, Sizes[^1], stores),
                    new() { Most = 1.5, Over = Name(what, Sizes[0], stores), Of = sample => sample.P50, What = "p50 ms" });
            report.AddGoal(Name("search by name", Sizes[^1], stores), new() { Most = 10, Of = sample => sample.P50, What = "p50 ms" });
        }
    }

    /// <summary>One connection, since the time of each request counts here.</summary>
    private async Task MeasureAsync(SeededFile file, int stores)
    {
        using var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"));
        (string, NextRequest, int)[] measurements =
        [
            ("order", Requests.Order(file), 200),
            ("board", Requests.Board(file), 200),
            ("list page", Requests.ListPage(file), 200),
            ("search by name", Requests.SearchByName(file), 200),
            ("search by reference", Requests.SearchByReference(file), 200),
            ("step", new StepRequests(file.PendingShuffled).WriteNext, 200),
            ("checkout", Requests.PickupCheckout(file), 201),
        ];
        foreach (var (what, request, expectedStatus) in measurements)
        {
            var load = new Load(server, 1, request, expectedStatus);
            await load.WarmUpAsync(seconds: 4, requests: 5_000);
            report.Add(Name(what, file.Orders, stores), "/s", await load.MeasureAsync(seconds));
        }
    }

    private static string Name(string what, int orders, int stores) =>
        $"{what}, {orders:N0} orders in {(stores == 1 ? "1 store" : $"{stores} stores")}";
}
