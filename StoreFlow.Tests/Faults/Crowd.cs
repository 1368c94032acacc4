using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Customers and staff who go on whatever happens to the server. A checkout without an answer is sent again with its key. A
/// step without an answer is looked up and decided again.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    private readonly Func<Uri?> _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _writers = [];
    private readonly ConcurrentDictionary<long, bool> _corrected = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(90) }; // an answer that takes longer is a hang

    /// <param name="server">Where the server is now; null while it is away.</param>
    /// <param name="seed">The seed of all that they choose.</param>
    public Crowd(Func<Uri?> server, int seed)
    {
        _server = server;
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner);
        Seed = seed;
    }

    public int Seed { get; }

    public Ledger Ledger { get; } = new();

    /// <summary>Sets this many of them to work.</summary>
    public void Start(int writers)
    {
        for (var i = 0; i < writers; i++)
        {
            var (number, random) = (i, new Random(Seed + i));
            Join(_ => Work(number, random));
        }
    }

    /// <summary>Sets somebody else to work, who ends when all stop.</summary>
    public void Join(Func<CancellationToken, Task> work) => _writers.Add(Task.Run(() => work(_stop.Token)));

    /// <summary>Fails where somebody has failed meanwhile.</summary>
    public Task CheckSoFar() => _writers.FirstOrDefault(writer => writer.IsFaulted) ?? Task.CompletedTask;

    /// <summary>Lets everyone finish what is under way. Fails where somebody got an answer that must not occur.</summary>
    public async Task Finish()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers).WaitAsync(TimeSpan.FromSeconds(90));
    }

    private async Task Work(int number, Random random)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            if (i % 4 == 0)
                await CheckOut($"{number}-{i}", random.Next(2) == 0 ? "pickup" : "shipping", store: 1 + random.Next(2));
            else
                await TakeAStep(random);
        }
    }

    /// <summary>Places an order, with as many tries as it takes.</summary>
    public Task<string> CheckOut(string key, string type, long store) => CheckOut(key, Scenarios.CheckoutBody(type, store));

    public async Task<string> CheckOut(string key, object body)
    {
        var publicId = (await Insist(HttpMethod.Post, "/checkout", body, key)).Text("public_id");
        Ledger.Placed(key, publicId);
        return publicId;
    }

    /// <summary>The answer of success, with as many tries as it takes. A change that may be sent twice needs a key.</summary>
    public async Task<JsonElement> Insist(HttpMethod method, string path, object? body = null, string? key = null)
    {
        for (; ; await Task.Delay(20, _over.Token))
            if (await Ask(method, path, body, key) is ( >= 200 and < 300, var answer))
                return answer;
    }

    /// <summary>One order of a list moves one step on, or somebody else was faster.</summary>
    private async Task TakeAStep(Random random)
    {
        var list = $"/stores/{1 + random.Next(2)}/orders?status=active&limit=20";
        if (await Ask(HttpMethod.Get, list) is not (200, var page))
        {
            await Task.Delay(20);
            return;
        }
        // A parcel that is being corrected is not delivered: then its customer would get no more news.
        var orders = page.GetProperty("orders").EnumerateArray().Where(order => !_corrected.ContainsKey(order.Number("id"))).ToList();
        if (orders.Count == 0)
            return;
        var order = orders[random.Next(orders.Count)];
        var steps = order.GetProperty("allowed_transitions").EnumerateArray().Select(step => step.GetString()!).ToList();
        if (random.Next(10) > 0)
            steps.Remove("cancelled");
        await Move(order, steps[random.Next(steps.Count)]);
    }

    /// <summary>Takes this step from the version that was seen. True where it was acknowledged.</summary>
    public async Task<bool> Move(JsonElement order, string status)
    {
        var answer = await Ask(HttpMethod.Patch, $"/orders/{order.Number("id")}/status", new
        {
            status,
            version = order.Number("version"),
            tracking_code = status == "shipped" ? $"1Z-{order.Number("id")}" : null,
            reason = status == "cancelled" ? "customer_asked" : null,
        });
        if (answer is not (200, var moved))
            return false;
        Ledger.Moved(moved.Text("public_id"), moved.Number("version"), moved.Text("status"));
        return true;
    }

    /// <summary>Corrects the tracking of one parcel again and again until all stop, so that its customer gets events.</summary>
    public void KeepCorrecting(long orderId)
    {
        _corrected[orderId] = true;
        Join(async stop =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                if (await Ask(HttpMethod.Patch, $"/orders/{orderId}/tracking", new { tracking_code = $"1Z-{i}" }) is (200, var moved))
                    Ledger.Moved(moved.Text("public_id"), moved.Number("version"), "shipped");
                else
                    await Task.Delay(20);
        });
    }

    /// <summary>
    /// The answer, or null where the server went away before it came. Fails where the request was refused and the server was
    /// neither busy nor the step too late.
    /// </summary>
    public async Task<(int Status, JsonElement Body)?> Ask(HttpMethod method, string path, object? body = null, string? key = null)
    {
        if (_server() is not { } server)
            return null;
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(server, path)) { Content = HttpExtensions.ContentOf(body) };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var response = await _client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode is 200 or 201 or 204 or 409 or 503, $"{method} {path}: {response.StatusCode} {text}");
            return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _over.CancelAsync();
        await Task.WhenAll(_writers).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(90));
        _client.Dispose();
        _stop.Dispose();
        _over.Dispose();
    }
}
