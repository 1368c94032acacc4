using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace StoreFlow.Bench;

/// <summary>
/// How long a new order takes from the answer to its checkout until its card is on a board with 300 open orders, in a real browser
/// on this machine. Each order is accepted by API once it was seen, so that the column stays as it is.
/// </summary>
internal sealed class CardRun(StoreFlowServer program, string folder, Report report)
{
    private const string Name = "commit to card, 300 open orders";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task RunAsync(int repetitions, int orders)
    {
        var file = await SeededFile.CreateBoardAsync(program, Path.Combine(folder, "seed"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        for (var i = 0; i < repetitions; i++)
        {
            using var server = await program.StartOnCopyAsync(file, Path.Combine(folder, "live"));
            report.Add(Name, "orders", await MeasureAsync(browser, server, file, orders));
        }
    }

    private static async Task<Sample> MeasureAsync(IBrowser browser, ServerProcess server, SeededFile file, int orders)
    {
        var address = new Uri($"http://127.0.0.1:{server.Port}");
        await using var device = await browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ViewportSize = new() { Width = 1280, Height = 800 },
        });
        var form = device.APIRequest.CreateFormData();
        form.Set("email", "owner@bench.example");
        form.Set("password", "measured-only");
        await device.APIRequest.PostAsync("/login", new() { Form = form, MaxRedirects = 0 });
        var page = await device.NewPageAsync();
        // The clock of the browser is the clock of this process.
        await page.AddInitScriptAsync("""
            window.seen = {};
            new MutationObserver(() => {
              for (const card of document.querySelectorAll('#column-new .order')) window.seen[card.ariaLabel] ??= Date.now();
            }).observe(document, { childList: true, subtree: true });
            """);
        await page.GotoAsync($"/dashboard/{file.Stores[0]}");
        await page.Locator("#column-new .order").First.WaitForAsync();

        using var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Requests.Token);
        var histogram = Latency.NewHistogram();
        for (var i = 0; i < orders; i++)
        {
            var (reference, answered) = await PlaceAsync(client, file);
            double? seen = null;
            while (seen is null)
                seen = await page.EvaluateAsync<double?>("label => window.seen[label] ?? null", $"Order {reference}");
            histogram.RecordValue(Math.Max(1, (long)((seen.Value - answered) * 1000))); // µs
            await AcceptAsync(client, file, reference);
            await Task.Delay(Pause);
        }
        return histogram.ToSample(orders, cpuMicroseconds: null);
    }

    /// <summary>A pickup order in the first store.</summary>
    internal static object OrderOf(SeededFile file) => new
    {
        store_id = file.Stores[0],
        fulfilment_type = "pickup",
        items = new[] { new { product_id = file.Products[file.Stores[0]][0], quantity = 1 } },
        customer = new { name = "Mia Chen", email = "mia@example.com" },
    };

    private static async Task<(string Reference, double Answered)> PlaceAsync(HttpClient client, SeededFile file)
    {
        using var answer = await client.PostAsJsonAsync("/checkout", OrderOf(file));
        var answered = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
        answer.EnsureSuccessStatusCode();
        var order = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (order.GetProperty("reference").GetString()!, answered);
    }

    private static async Task AcceptAsync(HttpClient client, SeededFile file, string reference)
    {
        var found = await client.GetFromJsonAsync<JsonElement>($"/stores/{file.Stores[0]}/orders?q={reference}");
        var id = found.GetProperty("orders")[0].GetProperty("id").GetInt64();
        using var answer = await client.PostAsync($"/orders/{id}/accept", content: null);
        answer.EnsureSuccessStatusCode();
    }
}
