using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace StoreFlow.Bench;

/// <summary>E-mails to a mail server on this machine: how soon "order received" comes at 50 orders a minute.</summary>
internal sealed class MailRun(StoreFlowServer program, string folder, Report report)
{
    private const string Soon = "commit to e-mail, 50 orders a minute";
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMinutes(1) / 50;

    public async Task RunAsync(int repetitions, int orders)
    {
        var file = await SeededFile.CreateMostlyOpenAsync(program, Path.Combine(folder, "seed"), orders: 100_000, stores: 2);
        for (var i = 0; i < repetitions; i++)
        {
            await using var receiver = new MailReceiver();
            using var server = await program.StartOnCopyAsync(
                file, Path.Combine(folder, "live"),
                ("StoreFlow__Smtp__Host", "127.0.0.1"), ("StoreFlow__Smtp__Port", $"{receiver.Port}"),
                ("StoreFlow__Smtp__Tls", "none"), ("StoreFlow__Smtp__From", "orders@shop.example"));
            report.Add(Soon, "orders", await MeasureAsync(server, receiver, file, orders));
        }
    }

    private static async Task<Sample> MeasureAsync(ServerProcess server, MailReceiver receiver, SeededFile file, int orders)
    {
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Requests.Token);
        using (var answer = await client.PatchAsJsonAsync($"/merchant/stores/{file.Stores[0]}/emails", new { active = true }))
            answer.EnsureSuccessStatusCode();
        var histogram = Latency.NewHistogram();
        for (var i = 0; i < orders; i++)
        {
            using var next = new PeriodicTimer(BetweenOrders);
            using var answer = await client.PostAsJsonAsync("/checkout", CardRun.OrderOf(file));
            answer.EnsureSuccessStatusCode();
            var answered = Stopwatch.GetTimestamp();
            var reference = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;
            histogram.Record(answered, Math.Max(answered + 1, await receiver.ArrivalOfAsync(reference)));
            await next.WaitForNextTickAsync();
        }
        return histogram.ToSample(orders);
    }
}
