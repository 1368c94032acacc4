using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Faults;

/// <summary>Very many people who watch, each on one connection. The connections stay open until this is disposed of.</summary>
internal sealed class Audience(Uri address) : IAsyncDisposable
{
    private readonly ConcurrentBag<HubConnection> _hubs = [];
    private readonly CancellationTokenSource _leave = new();
    private readonly HttpClient _streams = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private int _lost;

    /// <summary>The statuses that each order's watcher has heard of, in order.</summary>
    public ConcurrentDictionary<string, List<string>> Heard { get; } = new();

    /// <summary>For each member of staff the sequences heard.</summary>
    public ConcurrentBag<List<long>> Sequences { get; } = [];

    /// <summary>Connections that ended before this was disposed of and before their order was finished.</summary>
    public int Lost => _lost;

    /// <summary>A customer who watches an order over a WebSocket.</summary>
    public async Task WatchOnHub(string publicId)
    {
        var heard = Heard[publicId] = [];
        var hub = Hub(token: null, heard);
        hub.On<JsonElement>("OrderStatusUpdated", payload => heard.Add(payload.Text("new_status")));
        await hub.StartAsync();
        await hub.InvokeAsync<JsonElement>("SubscribeCustomer", publicId);
    }

    /// <summary>A member of staff who watches store 1 over a WebSocket.</summary>
    public async Task WatchStore()
    {
        var heard = new List<long>();
        Sequences.Add(heard);
        var hub = Hub(StoreFlowApp.Staff, []);
        foreach (var name in new[] { "OrderCreated", "OrderStatusUpdated" })
            hub.On<JsonElement>(name, payload => heard.Add(payload.Number("sequence")));
        await hub.StartAsync();
        await hub.InvokeAsync<long>("SubscribeStore", 1, (long?)null);
    }

    /// <summary>A customer who watches an order over an event stream. Done when the stream has begun.</summary>
    public async Task WatchOnStream(string publicId)
    {
        var heard = Heard[publicId] = [];
        var lines = new StreamReader(await _streams.GetStreamAsync($"/customer/{publicId}/order/events"));
        _ = Task.Run(async () =>
        {
            try
            {
                while (await lines.ReadLineAsync(_leave.Token) is { } line)
                    if (line.StartsWith("data: {\"public_id\"", StringComparison.Ordinal)
                        && JsonDocument.Parse(line[6..]).RootElement is var payload
                        && payload.TryGetProperty("new_status", out var status))
                        heard.Add(status.GetString()!);
                CountLost(heard);
            }
            catch (OperationCanceledException)
            {
                // This was disposed of.
            }
            catch (IOException)
            {
                Interlocked.Increment(ref _lost);
            }
        });
    }

    private void CountLost(List<string> heard)
    {
        if (heard.LastOrDefault() is not "completed")
            Interlocked.Increment(ref _lost);
    }

    private HubConnection Hub(string? token, List<string> heard)
    {
        var hub = new HubConnectionBuilder().WithUrl(new Uri(address, "/hubs/orders"), options =>
        {
            // Without negotiation each is one connection, and only a WebSocket.
            (options.SkipNegotiation, options.Transports) = (true, HttpTransportType.WebSockets);
            if (token is not null)
                options.Headers["Authorization"] = $"Bearer {token}";
        }).Build();
        hub.Closed += _ =>
        {
            if (!_leave.IsCancellationRequested)
                CountLost(heard);
            return Task.CompletedTask;
        };
        _hubs.Add(hub);
        return hub;
    }

    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        await Parallel.ForEachAsync(_hubs, async (hub, _) => await hub.DisposeAsync());
        _streams.Dispose();
        _leave.Dispose();
    }
}
