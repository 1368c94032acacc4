using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A shop at work: staff who move one order after the other from checkout to collected, this many steps a second, and note every
/// answer.
/// </summary>
internal sealed class Walkers(HttpClient staff)
{
    private static readonly string[] Steps = Scenarios.StepsTo[("pickup", "completed")];

    private readonly ConcurrentQueue<(long Id, string PublicId)> _waiting = new();
    private readonly ConcurrentQueue<TimeSpan> _times = new();
    private readonly ConcurrentQueue<string> _wrong = new();

    /// <summary>How long each step took, in the order of their ends.</summary>
    public IReadOnlyCollection<TimeSpan> Times => _times;

    /// <summary>Answers that did not confirm the step.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>Places orders for the walkers to begin with. Answers their public ids.</summary>
    public async Task<List<string>> Prepare(int count)
    {
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => await Place(place: false));
        string? after = null;
        do
        {
            var page = JsonDocument.Parse(await staff.GetStringAsync($"/stores/1/orders?limit=200{after}")).RootElement;
            foreach (var order in page.GetProperty("orders").EnumerateArray())
                _waiting.Enqueue((order.Number("id"), order.Text("public_id")));
            after = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? $"&after={next.GetInt64()}" : null;
        }
        while (after is not null);
        return [.. _waiting.Select(order => order.PublicId)];
    }

    /// <summary>
    /// Walks for a while at this pace, or as fast as the machine can where that is slower. An order that was begun is moved to
    /// its end.
    /// </summary>
    public async Task Walk(int walkers, double stepsPerSecond, TimeSpan duration)
    {
        var (clock, taken) = (Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(0, walkers).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed < duration)
            {
                var id = _waiting.TryDequeue(out var order) ? order.Id : await Place(place: true);
                foreach (var step in Steps)
                {
                    var due = TimeSpan.FromSeconds(Interlocked.Increment(ref taken) / stepsPerSecond);
                    if (due > clock.Elapsed)
                        await Task.Delay(due - clock.Elapsed);
                    await Step(id, step);
                }
            }
        })));
    }

    private async Task<long> Place(bool place)
    {
        using var answer = await staff.PostAsJsonAsync("/checkout", Scenarios.CheckoutBody());
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == 201, body);
        if (!place)
            return 0;
        var reference = JsonDocument.Parse(body).RootElement.Text("public_id")[..20];
        var found = JsonDocument.Parse(await staff.GetStringAsync($"/stores/1/orders?q={reference}")).RootElement;
        return found.GetProperty("orders").EnumerateArray().Single().Number("id");
    }

    private async Task Step(long id, string step)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await staff.PostAsync($"/orders/{id}/{step}", null);
            var body = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode != 200)
                _wrong.Enqueue($"{step}: {(int)answer.StatusCode} {body}");
        }
        catch (HttpRequestException fault)
        {
            _wrong.Enqueue($"{step}: {fault.Message}");
        }
        _times.Enqueue(Stopwatch.GetElapsedTime(started));
    }
}
