using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// One address, one person and one order may have a limited number of streams and connections at once. One more is refused
/// with a reason, and others are served.
/// </summary>
public sealed class CallerLimitTests(CallerLimitTests.StrictApp app) : IClassFixture<CallerLimitTests.StrictApp>
{
    public sealed class StrictApp : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new()
        {
            ["StoreFlow:ConnectionsPerAddress"] = "6",
            ["StoreFlow:LivePerAddress"] = "3",
            ["StoreFlow:LivePerPerson"] = "4",
            ["StoreFlow:WebSockets"] = "5",
        };
    }

    [Fact]
    public async Task An_address_has_so_many_event_streams()
    {
        var orders = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.PendingOrder()));
        var streams = new List<HttpResponseMessage>();
        foreach (var order in orders[..3])
            streams.Add(await Stream(order, "203.0.113.1"));
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));

        using (var refused = await Stream(orders[3], "203.0.113.1"))
            await IsRefused(refused);
        using (var negotiation = await Negotiate("203.0.113.1"))
            await IsRefused(negotiation);
        // The same address can still read, and another one can listen.
        using (var view = await From("203.0.113.1").GetAsync($"/customer/{orders[3].Text("public_id")}/order"))
            Assert.Equal(HttpStatusCode.OK, view.StatusCode);
        using (var elsewhere = await Stream(orders[3], "203.0.113.2"))
            Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);

        streams[0].Dispose();
        await Eventually.Holds(async () =>
        {
            using var next = await Stream(orders[3], "203.0.113.1");
            return next.StatusCode == HttpStatusCode.OK;
        }, "The place that became free was not given to anybody.");
        streams.ForEach(stream => stream.Dispose());
    }

    [Theory]
    [InlineData(HttpTransportType.LongPolling)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.WebSockets)]
    public async Task An_address_has_so_many_hub_connections_of_whatever_transport(HttpTransportType transport)
    {
        var address = $"203.0.113.{10 + (int)transport}";
        var order = await app.PendingOrder();
        var inside = new List<HubConnection>();
        for (var i = 0; i < 3; i++)
        {
            inside.Add(Hub(transport, address));
            await inside[^1].StartAsync();
            await inside[^1].InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"));
        }

        var outside = await Assert.ThrowsAsync<HttpRequestException>(() => Hub(transport, address).StartAsync());
        Assert.Equal(HttpStatusCode.TooManyRequests, outside.StatusCode);
        await using var elsewhere = Hub(transport, $"{address}1");
        await elsewhere.StartAsync();
        Assert.All(inside, hub => Assert.Equal(HubConnectionState.Connected, hub.State));

        await inside[0].DisposeAsync();
        await Eventually.Holds(async () =>
        {
            await using var next = Hub(transport, address);
            return await Record.ExceptionAsync(() => next.StartAsync()) is null;
        }, "The place that became free was not given to anybody.");
        foreach (var hub in inside)
            await hub.DisposeAsync();
    }

    [Fact]
    public async Task A_person_has_so_many_streams_and_connections_together()
    {
        var streams = new List<EventStreamClient>();
        for (var i = 0; i < 3; i++)
            streams.Add(await EventStreamClient.OfStore(app, 1, token: StoreFlowApp.Manager));
        await using var hub = await LiveClient.OnStore(app, 1, token: StoreFlowApp.Manager);

        using (var refused = await app.As(StoreFlowApp.Manager).GetAsync("/stores/1/orders/events"))
            await IsRefused(refused);
        (await app.As(StoreFlowApp.Manager).Get("/stores/2/orders/events")).Is(429, "too_many_requests");
        Assert.Equal(200, (await app.As(StoreFlowApp.Manager).Get("/stores/1/orders")).Status);
        using var colleague = await EventStreamClient.OfStore(app, 1, token: StoreFlowApp.Staff);
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task An_order_has_so_many_listeners_over_streams_and_the_hub_together()
    {
        var (order, other) = (await app.PendingOrder(), await app.PendingOrder());
        var streams = new List<HttpResponseMessage>();
        for (var i = 0; i < 9; i++)
            streams.Add(await Stream(order, $"198.51.100.{i}"));
        await using var hub = await LiveClient.Connect(app, token: null, from: "198.51.100.20");
        for (var i = 0; i < 3; i++) // one connection listens once, however often it subscribes
            await hub.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"));

        using (var refused = await Stream(order, "198.51.100.30"))
            await IsRefused(refused);
        await using var second = await LiveClient.Connect(app, token: null, from: "198.51.100.31");
        var fault = await Assert.ThrowsAsync<HubException>(() =>
            second.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id")));
        Assert.Contains("HubException: too_many_requests: ", fault.Message, StringComparison.Ordinal);
        using (var neighbour = await Stream(other, "198.51.100.30"))
            Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);

        streams[0].Dispose();
        await Eventually.Holds(
            async () => await Record.ExceptionAsync(() =>
                second.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"))) is null,
            "The place that became free was not given to anybody.");
        await app.Step(order, "accept");
        Assert.Equal("OrderStatusUpdated", (await second.Next()).Name);
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task An_address_behind_a_proxy_has_so_many_requests_under_way()
    {
        var slow = new List<RawConnection>();
        await Eventually.Holds(async () =>
        {
            // The server gives up a body that does not come within seconds: on a slow machine the first is gone before the last comes.
            slow.ForEach(connection => connection.Dispose());
            slow.Clear();
            for (var i = 0; i < 6; i++)
            {
                slow.Add(await RawConnection.Open(app.Address));
                await slow[^1].Say(
                    "POST /checkout HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.66\r\n" +
                    "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
            }
            for (var i = 0; i < 50; i++)
            {
                using var next = await From("203.0.113.66").GetAsync("/stores/1/catalogue");
                if (next.StatusCode == HttpStatusCode.OK)
                    continue; // not all six have arrived
                await IsRefused(next);
                return true;
            }
            return false;
        }, "One more request was let in.");
        using (var health = await From("203.0.113.66").GetAsync("/healthz"))
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using (var elsewhere = await From("203.0.113.67").GetAsync("/stores/1/catalogue"))
            Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        slow.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Long_polling_has_no_more_places_than_WebSockets_and_staff_have_some_of_their_own()
    {
        using var own = new StrictApp();
        var order = await own.PendingOrder();
        var inside = new List<HubConnection>();
        for (var i = 0; i < 5; i++)
        {
            inside.Add(Hub(HttpTransportType.LongPolling, from: null, at: own));
            await inside[^1].StartAsync();
            await inside[^1].InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"));
        }
        await using var outside = Hub(HttpTransportType.LongPolling, from: null, at: own);
        Assert.NotNull(await Record.ExceptionAsync(() => outside.StartAsync()));
        await using var staff = Hub(HttpTransportType.LongPolling, from: null, StoreFlowApp.Staff, own);
        await staff.StartAsync();
        await staff.InvokeAsync<long>("SubscribeStore", 1L, (long?)null);
        foreach (var hub in inside)
            await hub.DisposeAsync();
    }

    private static async Task IsRefused(HttpResponseMessage answer)
    {
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"{answer.StatusCode} without Retry-After");
        ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement).Is(429, "too_many_requests");
    }

    private Task<HttpResponseMessage> Stream(JsonElement order, string from) =>
        From(from).GetAsync($"/customer/{order.Text("public_id")}/order/events", HttpCompletionOption.ResponseHeadersRead);

    private Task<HttpResponseMessage> Negotiate(string from) => From(from).PostAsync("/hubs/orders/negotiate?negotiateVersion=1", null);

    private HttpClient From(string address)
    {
        var client = app.As(null);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        return client;
    }

    private HubConnection Hub(HttpTransportType transport, string? from, string? token = null, StoreFlowApp? at = null) =>
        new HubConnectionBuilder()
            .WithUrl(new Uri((at ?? app).Address, "/hubs/orders"), options =>
            {
                options.Transports = transport;
                if (from is not null)
                    options.Headers["X-Forwarded-For"] = from;
                if (token is not null)
                    options.Headers["Authorization"] = $"Bearer {token}";
            })
            .Build();
}
