using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>
/// The hub takes an API token as <c>access_token</c> in the query, where SignalR's client for browsers puts it. No other route
/// does, and no line of the log shows one.
/// </summary>
public sealed class TokenInQueryTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData(StoreFlowApp.Staff, 1)]
    [InlineData(StoreFlowApp.Rival, 3)]
    public async Task The_hub_takes_it_over_WebSockets(string token, long store)
    {
        await using var hub = Hub(app.Address, token);
        var heard = new TaskCompletionSource<JsonElement>();
        hub.On<JsonElement>("OrderCreated", payload => heard.TrySetResult(payload.Clone()));
        await hub.StartAsync();
        await hub.InvokeAsync<long>("SubscribeStore", store, (long?)null);

        var order = await app.PendingOrder(store: store);

        Assert.Equal(order.Number("id"), (await heard.Task.WaitAsync(TimeSpan.FromSeconds(60))).Number("order_id"));
    }

    [Theory]
    [InlineData("no-such-token", 1, "unauthenticated")]
    [InlineData("", 1, "unauthenticated")]
    [InlineData(StoreFlowApp.Staff, 2, "not_found")]
    public async Task A_token_in_the_query_gives_no_more_rights_than_elsewhere(string token, long store, string code)
    {
        await using var hub = Hub(app.Address, token);
        await hub.StartAsync();
        var refused = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<long>("SubscribeStore", store, (long?)null));
        Assert.Contains(code, refused.Message);
    }

    [Fact]
    public async Task Everywhere_else_it_counts_for_nothing()
    {
        using var client = app.As(null);
        foreach (var path in new[] { "/stores/1/orders", "/stores/1/orders/events", "/stores/1/figures", "/orders/1", "/stores/1/service" })
            foreach (var name in new[] { "access_token", "ACCESS_TOKEN", "%61ccess_token" })
                (await client.Get($"{path}?{name}=demo-owner")).Is(401, "unauthenticated");
        using var page = await client.GetAsync("/dashboard/1?access_token=demo-owner");
        Assert.DoesNotContain("data-store", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_else_is_in_the_query_stays_as_it_was()
    {
        var order = await app.PendingOrder(name: "Zoë & Söhne");
        var (status, list) = await app.As(StoreFlowApp.Staff).Get("/stores/1/orders?limit=1&access_token=demo-owner&q=Zo%C3%AB%20%26");
        Assert.Equal(200, status);
        Assert.Equal(order.Number("id"), Assert.Single(list.GetProperty("orders").EnumerateArray()).Number("id"));
    }

    [Fact]
    public async Task The_next_request_of_the_same_connection_has_no_token()
    {
        var opened = 0;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            ConnectCallback = async (target, cancellationToken) =>
            {
                opened++;
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(target.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = app.Address };
        using var found = await client.GetAsync("/hubs/orders?id=1&access_token=demo-owner");
        Assert.Equal(HttpStatusCode.NotFound, found.StatusCode); // no connection has this id
        (await client.Get("/stores/1/orders?id=1")).Is(401, "unauthenticated");
        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task No_log_shows_it_even_at_its_most_talkative()
    {
        using var folder = TestFolder.WithDemoShop();
        await using var server = StoreFlowProcess.Serve(folder.Path, "Development", start =>
        {
            start.Environment["Logging__LogLevel__Default"] = "Trace";
            start.Environment["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace";
        });
        var address = await server.Address;
        await using (var hub = Hub(address, StoreFlowApp.Staff))
        {
            await hub.StartAsync();
            await hub.InvokeAsync<long>("SubscribeStore", 1, (long?)null);
        }
        using var client = await server.As(null);
        (await client.Get("/stores/1/orders?limit=5&access_token=demo-secret")).Is(401, "unauthenticated");
        using var negotiation = await client.PostAsync("/hubs/orders/negotiate?negotiateVersion=1&access_token=demo-secret", null);
        Assert.Equal(HttpStatusCode.OK, negotiation.StatusCode);

        await Eventually.Holds(
            () => server.Said.Contains("method=POST route=/hubs/orders/negotiate", StringComparison.Ordinal),
            "The log does not show the requests.");
        var said = string.Join('\n', server.Said.Split('\n').Where(line => !line.Contains("demo tokens for", StringComparison.Ordinal)));
        Assert.Contains("method=GET route=/stores/{id}/orders", said);
        Assert.DoesNotContain("access_token", said);
        Assert.DoesNotContain("demo-staff", said);
        Assert.DoesNotContain("demo-secret", said);
    }

    /// <summary>A client whose token stands in the address, as a browser's does.</summary>
    private static HubConnection Hub(Uri server, string token) => new HubConnectionBuilder()
        .WithUrl(new Uri(server, $"/hubs/orders?access_token={token}"), options =>
        {
            options.SkipNegotiation = true;
            options.Transports = HttpTransportType.WebSockets;
        })
        .Build();
}
