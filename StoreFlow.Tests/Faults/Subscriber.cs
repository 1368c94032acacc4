using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Listens, loses its connection, comes back with the last place that it saw, and keeps what it heard without duplicates. Two
/// events are the same where their place and their name are.
/// </summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly Func<Uri?> _server;
    private readonly Random? _drops;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<(long Place, string Name)> _known = [];
    private readonly List<string> _history = [];
    private readonly Task _listening;
    private long _last;

    private Subscriber(Func<Uri?> server, Random? drops, long after, Func<Subscriber, Uri, Task> listen)
    {
        (_server, _drops, _last) = (server, drops, after);
        _listening = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_server() is { } address && await Try(() => listen(this, address)))
                    continue; // the test dropped the connection: reconnect at once
                await Task.Delay(20);
            }
        });
    }

    public string Who { get; private init; } = "";

    /// <summary>How often it came back.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether it has been connected this often. Fails where it got what must not occur.</summary>
    public bool HasComeBack(int times)
    {
        if (_listening.IsFaulted)
            _listening.GetAwaiter().GetResult();
        return Connections >= times;
    }

    /// <param name="server">Where the server is now; null while it is away.</param>
    /// <param name="store">The store, from its first event on.</param>
    /// <param name="drops">Chooses when to close the connection; null never does.</param>
    public static Subscriber OnHub(Func<Uri?> server, long store, Random? drops = null) => new(server, drops, 0, async (self, address) =>
    {
        await using var client = await LiveClient.Connect(address, StoreFlowApp.Owner);
        await client.Connection.InvokeAsync<long>("SubscribeStore", store, (long?)self._last, self._stop.Token);
        await self.Listen(async () =>
        {
            var (name, payload) = await client.Next(self._stop.Token);
            return (payload.Number("sequence"), name, payload);
        });
    })
    { Who = $"the hub, store {store}" };

    public static Subscriber OnStream(Func<Uri?> server, long store, Random? drops = null) =>
        OnStream(server, $"/stores/{store}/orders/events", after: 0, StoreFlowApp.Owner, drops);

    public static Subscriber OnOrder(Func<Uri?> server, string publicId, long version, Random? drops = null) =>
        OnStream(server, $"/customer/{publicId}/order/events", version, null, drops);

    private static Subscriber OnStream(Func<Uri?> server, string path, long after, string? token, Random? drops) =>
        new(server, drops, after, async (self, address) =>
        {
            // Closes at once: by default the client reads on for two seconds, and keeps its place during that time.
            var client = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var stream = await EventStreamClient.Open(client, path, self._last);
            using var hangUp = self._stop.Token.Register(stream.Dispose);
            await self.Listen(async () =>
            {
                var heard = await stream.Next();
                return (heard.Id ?? 0, heard.Name, heard.Payload);
            });
        })
        { Who = path };

    /// <summary>What was heard so far, without duplicates, in the order of the first hearing.</summary>
    public List<string> History()
    {
        lock (_history)
            return [.. _history];
    }

    /// <summary>Waits until it has heard this much, and stops. The history has to be the same, line by line.</summary>
    public async Task HasHeard(List<string> expected)
    {
        await Eventually.Holds(() => History().Count >= expected.Count, $"{Who} did not hear all.");
        await DisposeAsync();
        Assert.Equal(expected, History());
    }

    private async Task Listen(Func<Task<(long Place, string Name, JsonElement Payload)>> next)
    {
        Connections++;
        for (var left = _drops?.Next(12) ?? int.MaxValue; left > 0; left--)
        {
            var (place, name, payload) = await next();
            if (name == "order")
                continue; // the view that the customer's page starts with
            _last = Math.Max(_last, place);
            if (_known.Add((place, name)))
                lock (_history)
                    _history.Add(Ledger.Line(place, name, payload.Text("public_id"), payload.Number("version"), What(name, payload)));
        }
    }

    /// <summary>What an event says, as <see cref="Ledger.Line"/> has it.</summary>
    public static string What(string name, JsonElement payload) => name switch
    {
        "OrderCreated" => payload.Text("status"),
        "OrderStatusUpdated" => payload.Text("new_status"),
        _ => $"{payload.Text("shipping_status")} {payload.Text("tracking_code")}",
    };

    private static async Task<bool> Try(Func<Task> listen)
    {
        try
        {
            await listen();
            return true;
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
        {
            return false; // the connection is gone, in one of the many ways in which it can be
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening.WaitAsync(TimeSpan.FromSeconds(90));
    }
}
