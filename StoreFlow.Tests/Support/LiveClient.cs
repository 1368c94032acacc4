using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests;

/// <summary>A real SignalR client on the hub, which writes down the events it gets.</summary>
public sealed class LiveClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // an upper bound for a hung test, not a measure

    private readonly Channel<(string Name, JsonElement Payload)> _heard = Channel.CreateUnbounded<(string, JsonElement)>();
    private readonly TaskCompletionSource _closed = new();

    private LiveClient(HubConnection connection)
    {
        Connection = connection;
        foreach (var name in new[] { "OrderCreated", "OrderStatusUpdated", "ShippingUpdated", "PromiseUpdated" })
            connection.On<JsonElement>(name, payload => _heard.Writer.TryWrite((name, payload.Clone())));
        connection.Closed += _ =>
        {
            _heard.Writer.TryComplete();
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    /// <summary>Done when the server has closed the connection.</summary>
    public Task Closed => _closed.Task.WaitAsync(Patience);

    public static Task<LiveClient> Connect(StoreFlowApp app, string? token, string? from = null, string? cookie = null) =>
        Connect(app.Address, token, from, cookie);

    public static async Task<LiveClient> Connect(Uri server, string? token, string? from = null, string? cookie = null)
    {
        var client = new LiveClient(new HubConnectionBuilder()
            .WithUrl(new Uri(server, "/hubs/orders"), options =>
            {
                if (token is not null)
                    options.Headers["Authorization"] = $"Bearer {token}";
                if (from is not null)
                    options.Headers["X-Forwarded-For"] = from;
                if (cookie is null)
                    return;
                options.Cookies.SetCookies(server, cookie);
                options.Headers["Sec-Fetch-Site"] = "same-origin";
            })
            .Build());
        await client.Connection.StartAsync();
        return client;
    }

    /// <summary>Connects and listens to a store, from now on or from what came after a sequence.</summary>
    public static async Task<LiveClient> OnStore(StoreFlowApp app, long store, long? after = null, string token = StoreFlowApp.Owner)
    {
        var client = await Connect(app, token);
        await client.Connection.InvokeAsync<long>("SubscribeStore", store, after);
        return client;
    }

    /// <summary>Connects as a stranger who holds an order's public id, and listens to it from now on.</summary>
    public static async Task<LiveClient> OnOrder(StoreFlowApp app, string publicId)
    {
        var client = await Connect(app, token: null);
        await client.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", publicId);
        return client;
    }

    /// <summary>The next event, in the order of arrival; throws once the connection is closed and nothing is left.</summary>
    public async Task<(string Name, JsonElement Payload)> Next(CancellationToken stop = default) =>
        await _heard.Reader.ReadAsync(stop).AsTask().WaitAsync(Patience, stop);

    /// <summary>The next events, as many as asked for.</summary>
    public async Task<List<(string Name, JsonElement Payload)>> Next(int count)
    {
        var events = new List<(string, JsonElement)>();
        while (events.Count < count)
            events.Add(await Next());
        return events;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
