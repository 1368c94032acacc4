namespace StoreFlow.Bench;

/// <summary>How long the figures of a year take, in a store with 300 orders a day.</summary>
internal sealed class FiguresRun(StoreFlowServer program, string folder, Report report, double seconds)
{
    private const string Name = "figures of a year, 109,500 orders";

    public async Task RunAsync(int repetitions)
    {
        var file = await SeededFile.CreateYearAsync(program, Path.Combine(folder, "seed"));
        for (var i = 0; i < repetitions; i++)
        {
            using var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"));
            var load = new Load(server, 1, Requests.FiguresOfYear(file), 200);
            await load.WarmUpAsync(seconds: 4, requests: 10);
            report.Add(Name, "/s", await load.MeasureAsync(seconds));
        }
        report.AddGoal(Name, new() { Most = 300, Of = sample => sample.P50, What = "p50 ms" });
    }
}
