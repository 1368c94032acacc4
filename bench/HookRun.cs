using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>
/// Web hooks to a receiver on this machine: how soon one comes at 50 orders a minute, how fast it catches up after an outage, and
/// what it costs the steps.
/// </summary>
internal sealed class HookRun(StoreFlowServer program, string folder, Report report, double seconds)
{
    private const string Soon = "commit to web hook, 50 orders a minute";
    private const string CatchUp = "web hooks after an outage";
    private const string Without = "steps, 32 connections, no web hook";
    private const string With = "steps, 32 connections, a web hook that is told of all";

    private const int Connections = 32;
    private const int Missed = 2000; // orders placed during the outage
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMinutes(1) / 50;

    public async Task RunAsync(int repetitions, int orders)
    {
        var file = await SeededFile.CreateMostlyOpenAsync(program, Path.Combine(folder, "seed"), orders: 100_000, stores: 2);
        for (var i = 0; i < repetitions; i++)
        {
            await using var receiver = await HookReceiver.StartAsync();
            using (var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"), Allowed))
            {
                report.Add(Soon, "orders", await MeasureSoonAsync(server, receiver, file, orders));
                report.Add(CatchUp, "/s", await MeasureCatchUpAsync(server, receiver, file));
            }
            foreach (var isTold in i % 2 == 0 ? new[] { false, true } : [true, false])
                await MeasureStepsAsync(file, receiver, isTold);
        }
        report.AddGoal(With, new() { Least = 0.98, Over = Without });
    }

    private static (string, string) Allowed => ("StoreFlow__Webhooks__AllowPrivateAddresses", "true");

    private static async Task<Sample> MeasureSoonAsync(ServerProcess server, HookReceiver receiver, SeededFile file, int orders)
    {
        using var client = ClientOf(server);
        await AddAsync(client, receiver);
        var histogram = Latency.NewHistogram();
        for (var i = 0; i < orders; i++)
        {
            using var next = new PeriodicTimer(BetweenOrders);
            var publicId = await PlaceAsync(client, file);
            var answered = Stopwatch.GetTimestamp();
            histogram.Record(answered, Math.Max(answered + 1, await receiver.ArrivalOfAsync(publicId)));
            await next.WaitForNextTickAsync();
        }
        return histogram.ToSample(orders);
    }

    private static async Task<Sample> MeasureCatchUpAsync(ServerProcess server, HookReceiver receiver, SeededFile file)
    {
        using var client = ClientOf(server);
        await SwitchAsync(client, active: false);
        await new Load(server, Connections, Requests.PickupCheckout(file), expectedStatus: 201).WarmUpAsync(seconds: 60, Missed);
        var before = receiver.Taken;
        await SwitchAsync(client, active: true);
        var began = Stopwatch.GetTimestamp();
        while (receiver.Taken < before + Missed)
            await Task.Delay(5);
        return new(Missed / Stopwatch.GetElapsedTime(began).TotalSeconds, null, null, null, null);
    }

    private async Task MeasureStepsAsync(SeededFile file, HookReceiver receiver, bool isTold)
    {
        using var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"), Allowed);
        if (isTold)
        {
            using var client = ClientOf(server);
            await AddAsync(client, receiver);
        }
        var load = new Load(server, Connections, new StepRequests(file.PendingShuffled).WriteNext);
        report.Add(isTold ? With : Without, "/s", await load.MeasureWarmAsync(warmUpSeconds: 6, seconds));
    }

    private static HttpClient ClientOf(ServerProcess server)
    {
        var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Requests.Token);
        return client;
    }

    private static async Task AddAsync(HttpClient client, HookReceiver receiver)
    {
        var events = new[] { "OrderCreated", "OrderStatusUpdated", "ShippingUpdated", "PromiseUpdated" };
        using var answer = await client.PostAsJsonAsync("/webhooks", new { url = receiver.Url, events });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task SwitchAsync(HttpClient client, bool active)
    {
        using var answer = await client.PatchAsJsonAsync("/webhooks/1", new { active });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<string> PlaceAsync(HttpClient client, SeededFile file)
    {
        using var answer = await client.PostAsJsonAsync("/checkout", CardRun.OrderOf(file));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("public_id").GetString()!;
    }
}
