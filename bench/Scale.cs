namespace StoreFlow.Bench;

/// <summary>Whether anything slows down as a file grows: the same reads and writes at three sizes, in one store and in two hundred.</summary>
internal sealed class Scale(StoreFlowServer program, string folder, Report report, double seconds)
{
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    public async Task Run(int repetitions)
    {
        foreach (var stores in new[] { 1, 200 })
        {
            foreach (var orders in Sizes)
            {
                var seed = Path.Combine(folder, "seed");
                var file = await SeededFile.Make(program, seed, orders, stores);
                for (var i = 0; i < repetitions; i++)
                    await Measure(file, orders, stores);
                Directory.Delete(seed, recursive: true);
            }
            foreach (var what in new[] { "order", "board", "list page", "search, name", "search, reference", "step", "checkout" })
                report.Ratio(Name(what, Sizes[^1], stores), Name(what, Sizes[0], stores), most: 1.5, of: sample => sample.P50, what: "p50");
        }
    }

    /// <summary>One connection: what counts is the time of each, not how many fit side by side.</summary>
    private async Task Measure(SeededFile file, int orders, int stores)
    {
        var copy = Path.Combine(folder, "live");
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
        file.CopyTo(copy);
        using var server = await program.Start(copy);
        foreach (var (what, request, expected) in new[]
        {
            ("order", Requests.Order(file), 200),
            ("board", Requests.Board(file), 200),
            ("list page", Requests.Page(file), 200),
            ("search, name", Requests.SearchByName(file), 200),
            ("search, reference", Requests.SearchByReference(file), 200),
            ("step", new Steps(file.Pending).Next, 200),
            ("checkout", Requests.Checkout(file), 201),
        })
        {
            var load = new Load(server, 1, request, expected);
            await load.WarmUp(seconds: 4, requests: 5_000);
            report.Add(Name(what, orders, stores), "/s", (await load.Run(0, seconds)).Sample);
        }
    }

    private static string Name(string what, int orders, int stores) => $"{what}, {orders:N0} orders in {(stores == 1 ? "1 store" : $"{stores} stores")}";
}
