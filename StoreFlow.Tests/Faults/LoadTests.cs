using System.Net.Http.Headers;
using System.Text;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A thousand connections and a steady stream of steps, while others send headers slowly, send far too much and guess
/// passwords. Every step succeeds, every watcher gets every event, and the server's memory does not grow.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Sockets = 500, Streams = 440, Callers = 30, Nuisances = 30;

    [Fact]
    public async Task A_thousand_connections_and_300_steps_a_second_while_others_misbehave()
    {
        using var folder = TestFolder.WithDemoShop();
        await using var server = StoreFlowProcess.Serve(folder.Path, "Development");
        using var staff = Staff(await server.Address);
        var walkers = new Walkers(staff);
        var orders = await walkers.Prepare(Sockets + Streams - 10);

        await using var audience = new Audience(await server.Address);
        var few = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, 10, few, async (_, _) => await audience.WatchStore());
        await Parallel.ForEachAsync(orders[..(Sockets - 10)], few, async (order, _) => await audience.WatchOnHub(order));
        await Parallel.ForEachAsync(orders[(Sockets - 10)..], few, async (order, _) => await audience.WatchOnStream(order));

        var memory = new List<long>();
        using var done = new CancellationTokenSource();
        var measuring = Measure(server, memory, done.Token);
        var nuisances = Enumerable.Range(0, Nuisances)
            .Select(async i => await (i % 3 == 0
                ? Nuisance.DripHeaders(await server.Address)
                : Nuisance.SendFarTooMuch(await server.Address, chunked: i % 3 == 1)))
            .ToList();
        await walkers.Walk(Callers, stepsPerSecond: 300, Effort.Of(TimeSpan.FromSeconds(12), TimeSpan.FromMinutes(10)));
        await Task.WhenAll(nuisances);
        await done.CancelAsync();
        await measuring;

        Assert.Empty(walkers.Wrong);
        var finished = orders.Take(walkers.Times.Count / 4).ToList(); // the rest was not reached
        foreach (var order in finished)
            await Eventually.Holds(() => audience.Heard[order].Count == 4, $"The watcher of {order} has not heard it all.");
        Assert.All(finished, order => Assert.Equal(["accepted", "in_progress", "ready", "completed"], audience.Heard[order]));
        var last = audience.Sequences.Max(heard => heard.Count);
        foreach (var heard in audience.Sequences)
        {
            await Eventually.Holds(() => heard.Count >= last, "A member of staff has not heard it all.");
            Assert.Equal(Enumerable.Range(0, heard.Count).Select(i => heard[0] + i), heard);
        }
        Assert.Equal(0, audience.Lost);
        Assert.DoesNotContain("fail: ", server.Said);
        var (first, final) = (memory[(memory.Count / 3)..(memory.Count / 3 * 2)].Average(), memory[(memory.Count / 3 * 2)..].Average());
        output.WriteLine(
            $"{walkers.Times.Count} steps; memory of the second third {first / 1e6:0} MB, of the last {final / 1e6:0} MB; " +
            Percentiles(walkers.Times));
        // If something of each step or nuisance were kept, ten minutes would exceed this by far. A short run only shows the worst.
        Assert.True(final < Effort.Of(2.0, 1.2) * first + 32e6, $"The server grew from {first / 1e6:0} to {final / 1e6:0} MB.");
    }

    [Fact]
    public async Task Ten_thousand_guesses_a_minute_at_passwords_cost_the_others_nothing()
    {
        using var folder = TestFolder.WithDemoShop();
        await using var server = StoreFlowProcess.Serve(folder.Path, "Development");
        using var staff = Staff(await server.Address);
        var walkers = new Walkers(staff);
        await walkers.Prepare(100);
        await walkers.Walk(8, stepsPerSecond: 100, TimeSpan.FromSeconds(2));
        var quiet = walkers.Times.ToList();

        // From a new address and for a new account each time: no throttle for an address or an account sees these.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 100 };
        using var guesser = new HttpClient(handler) { BaseAddress = await server.Address };
        var duration = Effort.Of(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
        var count = (int)(10_000 * duration.TotalMinutes);
        var started = DateTime.UtcNow;
        var guesses = Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await Task.Delay(duration * ((double)i / count));
            using var guess = new HttpRequestMessage(HttpMethod.Post, "/login")
            {
                Content = new FormUrlEncodedContent([new("email", $"guess{i}@demo.example"), new("password", $"guess {i}")]),
                Headers = { { "X-Forwarded-For", $"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}" } },
            };
            using var answer = await guesser.SendAsync(guess);
            Assert.True(
                answer.StatusCode is System.Net.HttpStatusCode.Unauthorized || answer.Headers.RetryAfter is not null,
                $"{answer.StatusCode}");
            return (int)answer.StatusCode;
        }));
        await walkers.Walk(8, stepsPerSecond: 100, duration);
        var answers = (await guesses).CountBy(status => status).OrderBy(status => status.Key);

        Assert.Empty(walkers.Wrong);
        Assert.DoesNotContain("fail: ", server.Said);
        output.WriteLine($"{count} guesses in {(DateTime.UtcNow - started).TotalSeconds:0} s: "
            + $"{string.Join(", ", answers.Select(status => $"{status.Value} x {status.Key}"))}. "
            + $"Steps before: {Percentiles(quiet)}. Meanwhile: {Percentiles([.. walkers.Times.Skip(quiet.Count)])}");
    }

    private static async Task Measure(StoreFlowProcess server, List<long> memory, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            memory.Add(server.Memory);
            await Task.WhenAny(Task.Delay(200, done));
        }
    }

    private static HttpClient Staff(Uri address) => new(new SocketsHttpHandler { MaxConnectionsPerServer = Callers })
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Staff) },
    };

    private static string Percentiles(IReadOnlyCollection<TimeSpan> times)
    {
        var text = new StringBuilder();
        foreach (var third in times.Chunk(Math.Max(1, times.Count / 3 + 1)))
        {
            var sorted = third.Order().ToList();
            var (middle, slowest) = (sorted[sorted.Count / 2], sorted[sorted.Count * 99 / 100]);
            text.Append($"p50 {middle.TotalMilliseconds:0.0} ms, p99 {slowest.TotalMilliseconds:0.0} ms; ");
        }
        return $"by thirds: {text}";
    }
}
