using System.Net.Http.Headers;
using System.Text.Json;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Every route that changes something, called twenty times at once under one idempotency key, and again after each kill: one
/// effect, one answer.
/// </summary>
public sealed class KeyedKillTests(ITestOutputHelper output) : IDisposable
{
    private const int AtOnce = 20;

    private readonly HttpClient _client =
        new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { Timeout = TimeSpan.FromSeconds(60) };

    [Fact(Timeout = 10 * 60_000)]
    public async Task Whatever_is_sent_again_and_again_between_kills_has_one_effect_and_one_answer()
    {
        var (random, kills) = (new Random(Environment.TickCount), Effort.Of(4, 60));
        await using var server = new RestartableServer();
        server.Start();
        await server.Listening();
        var calls = new List<Call> { new("POST /checkout", "/checkout", Version: 0, []) };
        foreach (var row in Features.Orders.KeyedStepTests.Steps)
        {
            var order = await OrderIn(server, type: (string)row[1], status: (string)row[2]);
            var route = (string)row[0];
            calls.Add(new(route, route.Split(' ')[1].Replace("{id}", $"{order.Number("id")}"), order.Number("version"), []));
        }
        var placedBefore = await Placed(server);

        for (var kill = 0; kill <= kills; kill++)
        {
            var (last, answered) = (kill == kills, 0);
            var until = last ? int.MaxValue : random.Next(AtOnce * calls.Count);
            var enough = new TaskCompletionSource();
            var sent = calls.SelectMany(call => Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
            {
                if (await Send(server.Address!, call) is { } answer)
                    lock (call.Answers)
                        call.Answers.Add(answer);
                if (Interlocked.Increment(ref answered) >= until)
                    enough.TrySetResult();
            }))).ToList();
            if (last)
            {
                await Task.WhenAll(sent);
                continue;
            }
            await Task.WhenAny(enough.Task, Task.WhenAll(sent));
            await server.Kill();
            await Task.WhenAll(sent);
            server.Start();
            await server.Listening();
        }

        foreach (var call in calls)
        {
            Assert.True(call.Answers.Count >= AtOnce);
            Assert.Single(call.Answers.Distinct());
        }
        foreach (var call in calls.Skip(1))
        {
            var (_, order) = await Ask(server, HttpMethod.Get, string.Join('/', call.Path.Split('/')[..3]));
            Assert.Equal(call.Version + 1, order.Number("version"));
        }
        Assert.Equal(placedBefore + 1, await Placed(server));
        output.WriteLine(
            $"{calls.Count} routes, {AtOnce} calls each at once, {kills} kills: " +
            $"{calls.Sum(call => call.Answers.Count)} answers, one for each key.");
    }

    public void Dispose() => _client.Dispose();

    private sealed record Call(string Route, string Path, long Version, List<(int Status, string Body)> Answers);

    private async Task<JsonElement> OrderIn(RestartableServer server, string type, string status)
    {
        await Ask(server, HttpMethod.Post, "/checkout", Scenarios.CheckoutBody(type));
        var order = (await Ask(server, HttpMethod.Get, "/stores/1/orders?limit=1")).Body.GetProperty("orders")[0];
        foreach (var step in Scenarios.StepsTo[(type, status)])
            order = (await Ask(server, HttpMethod.Post, $"/orders/{order.Number("id")}/{step}", Scenarios.AnyStep())).Body;
        Assert.Equal(status, order.Text("status"));
        return order;
    }

    private async Task<int> Placed(RestartableServer server) =>
        (await Ask(server, HttpMethod.Get, "/stores/1/orders?limit=200")).Body.GetProperty("orders").GetArrayLength();

    private async Task<(int Status, JsonElement Body)> Ask(RestartableServer server, HttpMethod method, string path, object? body = null)
    {
        using var request = Request(server.Address!, method, path, body);
        using var response = await _client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>The answer, or null where the server died before it came.</summary>
    private async Task<(int Status, string Body)?> Send(Uri server, Call call)
    {
        using var request = Request(
            server,
            new(call.Route.Split(' ')[0]),
            call.Path,
            call.Version == 0 ? Scenarios.CheckoutBody() : Scenarios.AnyStep());
        request.Headers.Add("Idempotency-Key", $"key of {call.Route}");
        try
        {
            using var response = await _client.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static HttpRequestMessage Request(Uri server, HttpMethod method, string path, object? body) =>
        new(method, new Uri(server, path))
        {
            Content = HttpExtensions.ContentOf(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner) },
        };
}
