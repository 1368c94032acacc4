using System.Globalization;
using System.Text.Json;
using StoreFlow.Tests.Deploy;

namespace StoreFlow.Tests.Infrastructure.Hosting;

/// <summary>
/// What <c>/metrics</c> tells, and to whom. Each server is a process of its own: the metrics of a process are those of all servers in it.
/// </summary>
public sealed class MetricsTests : IDisposable
{
    private const string Token = "a-token-for-prometheus";
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task It_counts_steps_conflicts_writes_and_live_clients_and_names_nobody()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        using var staff = await server.As(StoreFlowApp.Staff);
        using var scraper = await server.As(null);
        await using var live = await LiveClient.Connect(await server.Address, StoreFlowApp.Staff);
        await live.Connection.InvokeCoreAsync("SubscribeStore", typeof(long), [1L, null]);

        var order = await Place(scraper, "Nameable Person");
        var id = order.GetProperty("public_id").GetString()!;
        Assert.Equal(201, (await staff.Post("/stores/1/orders", Body("Counter Person"))).Status);
        var number = (await staff.Get("/stores/1/orders?q=Nameable")).Body.GetProperty("orders")[0].Number("id");
        Assert.Equal(200, (await staff.Post($"/orders/{number}/accept", new { version = 1 })).Status);
        Assert.Equal(409, (await staff.Post($"/orders/{number}/accept", new { version = 1 })).Status);
        Assert.Equal(409, (await staff.Post($"/orders/{number}/complete")).Status);
        Assert.Equal(404, (await staff.Post("/orders/999/accept")).Status);
        await live.Next(3);

        string text = "";
        // The last event counts once the client's feed has gone on to wait for the next.
        await Eventually.Holds(
            async () => Value(text = await scraper.GetStringAsync("/metrics"), "storeflow_event_lag_seconds_count") >= 3,
            "No event has been counted.");
        Assert.Equal(1, Value(text, "storeflow_steps_total", "step=\"accept\"", "outcome=\"taken\""));
        Assert.Equal(1, Value(text, "storeflow_steps_total", "step=\"accept\"", "outcome=\"conflict\""));
        Assert.Equal(1, Value(text, "storeflow_steps_total", "step=\"accept\"", "outcome=\"refused\""));
        Assert.Equal(1, Value(text, "storeflow_steps_total", "step=\"complete\"", "outcome=\"conflict\""));
        Assert.Equal(1, Value(text, "storeflow_conflicts_total", "reason=\"order_stale\""));
        Assert.Equal(1, Value(text, "storeflow_conflicts_total", "reason=\"transition_not_allowed\""));
        Assert.Equal(1, Value(text, "storeflow_checkouts_total", "source=\"web\"", "outcome=\"placed\""));
        Assert.Equal(1, Value(text, "storeflow_checkouts_total", "source=\"counter\"", "outcome=\"placed\""));
        Assert.Equal(2, Value(text, "storeflow_orders_active"));
        Assert.Equal(0, Value(text, "storeflow_orders_late"));
        Assert.Equal(1, Value(text, "storeflow_live_subscribers", "channel=\"store\""));
        Assert.Equal(1, Value(text, "storeflow_live_subscribers", "channel=\"person\""));
        Assert.Equal(0, Value(text, "storeflow_live_subscribers", "channel=\"customer\""));
        Assert.Equal(0, Value(text, "storeflow_write_queue_depth"));
        Assert.Equal(0, Value(text, "storeflow_writes_refused"));
        Assert.Equal(new FileInfo($"{_folder.Database}-wal").Length, Value(text, "storeflow_wal_size_bytes"));
        var writes = Value(text, "storeflow_write_wait_seconds_count");
        Assert.InRange(writes, 6, 30); // two checkouts and four steps, and what the server writes by itself
        Assert.InRange(Value(text, "storeflow_commit_seconds_count"), 1, writes);
        Assert.True(Value(text, "http_server_request_duration_seconds_count", "http_response_status_code=\"409\"") >= 2);
        Assert.True(Value(text, "dotnet_process_memory_working_set_bytes") > 0);
        Assert.All([id, "Nameable", "Counter Person", "person@", "/orders/", "127.0.0.1"], personal =>
            Assert.DoesNotContain(personal, text));
    }

    [Fact]
    public async Task Without_a_token_it_is_for_programs_on_this_machine_and_not_for_a_proxys_callers()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var client = await server.As(null);
        Assert.Equal(200, await Ask(client));
        (string Name, string Value)[] signs =
        [
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "not an address"),
            ("X-Forwarded-Proto", "https"), ("X-Real-IP", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 shop"),
            ("Connection", "upgrade"), ("Host", "shop.example"), ("Host", "203.0.113.9"),
        ];
        foreach (var sign in signs)
            Assert.Equal((sign, 404), (sign, await Ask(client, sign)));
        using var old = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Version = new(1, 0) };
        using var answer = await client.SendAsync(old);
        Assert.Equal(404, (int)answer.StatusCode);
        // Nobody can tell it from an address that is not there.
        var (status, hidden) = await client.Post("/metrics");
        Assert.Equal(404, status);
        Assert.Equal(Shape((await client.Post("/no-such-page")).Body), Shape(hidden));

        static string Shape(JsonElement problem) => $"{problem.Text("code")} {problem.Text("title")} {problem.Text("detail")}";
    }

    [Fact]
    public async Task With_a_token_it_is_for_those_who_send_it()
    {
        await using var server = StoreFlowProcess.Serve(
            _folder.Path, "Production", start => start.Environment["StoreFlow__MetricsToken"] = Token);
        using var client = await server.As(null);
        Assert.Equal(404, await Ask(client));
        foreach (var wrong in new[] { Token, $"bearer {Token}", $"Bearer {Token}x", $"Bearer {Token[..^1]}", "Bearer ", "Basic eDp5" })
            Assert.Equal((wrong, 404), (wrong, await Ask(client, ("Authorization", wrong))));
        Assert.Equal(200, await Ask(client, ("Authorization", $"Bearer {Token}")));
        Assert.Equal(200, await Ask(client, ("Authorization", $"Bearer {Token}"), ("X-Forwarded-For", "203.0.113.9")));
        (await client.Get("/stores/1/orders")).Is(401, "unauthenticated");
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        (await client.Get("/stores/1/orders")).Is(401, "unauthenticated"); // it opens nothing else
        Assert.DoesNotContain(Token, server.Said);
    }

    [SkippableTheory]
    [InlineData("caddy")]
    [InlineData("nginx")]
    [InlineData("bare nginx")]
    public async Task A_proxys_callers_never_read_it(string name)
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var local = await server.As(null);
        Assert.Equal(200, await Ask(local));
        await using var proxy = await ReverseProxy.Start(name, await server.Address);
        using var client = proxy.Client();
        Assert.Equal(404, await Ask(client));
        Assert.Equal(404, await Ask(client, ("Host", "localhost")));
        Assert.Equal(404, await Ask(client, ("X-Forwarded-For", "127.0.0.1")));
        using var slashes = await client.GetAsync(new Uri($"{proxy.Address}/metrics"));
        Assert.NotEqual(200, (int)slashes.StatusCode);
        using var capitals = await client.GetAsync("/METRICS");
        Assert.NotEqual(200, (int)capitals.StatusCode);
    }

    private static async Task<int> Ask(HttpClient client, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static object Body(string customer) => new
    {
        store_id = 1,
        fulfilment_type = "pickup",
        items = new[] { new { product_id = 1, quantity = 1 } },
        customer = new { name = customer, email = "person@example.com" },
    };

    private static async Task<JsonElement> Place(HttpClient client, string customer)
    {
        var (status, order) = await client.Post("/checkout", Body(customer));
        Assert.Equal(201, status);
        return order;
    }

    /// <summary>The sum of a metric's samples that have all of these labels.</summary>
    private static double Value(string text, string name, params string[] labels) => text.Split('\n')
        .Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal))
        .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    public void Dispose() => _folder.Dispose();
}
