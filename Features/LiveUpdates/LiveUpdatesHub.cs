using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// Live events over SignalR at <c>/hubs/orders</c> (section 12). The server decides who may listen. Each client gets its
/// events one by one at its own pace, so a slow client delays nobody else.
/// </summary>
public sealed class LiveUpdatesHub(
    Feed feed, UnknownIds unknown, OrderListeners listeners, IHubContext<LiveUpdatesHub> hub, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<LiveUpdatesHub> log) : Hub
{
    /// <summary>How long a connection may listen to nothing before it is closed.</summary>
    internal static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(10);

    private const int MostSubscriptions = 100;
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);

    /// <summary>Sends what happened in a store after a sequence, then everything as it happens.</summary>
    /// <param name="storeId">A store where the caller works.</param>
    /// <param name="after">The last sequence that the client saw; left out or null, only what happens from now on is sent.</param>
    /// <returns>The store's latest sequence at this moment.</returns>
    /// <exception cref="HubException">
    /// <c>unauthenticated</c>, <c>not_found</c>, or <c>invalid_request</c> where the store's events end before <c>after</c>.
    /// </exception>
    public async Task<long> SubscribeStore(long storeId, long? after = null)
    {
        var actor = Actor.From(Context.User) ?? throw Refused(new(Reason.Unauthenticated, "Connect with a valid API token."));
        await LeaveAsync(Channels.Store(storeId));
        var (now, events) = feed.OfStore(actor, storeId, after) ?? throw Refused(Refusal.NotFound);
        if (Feed.BeyondEnd(nameof(after), after, now) is { } refusal)
            throw Refused(refusal);
        Listen(Channels.Store(storeId), events, announcement => announcement.ForStore, closesAtEnd: true);
        return now;
    }

    /// <summary>Answers the customer's view of an order, then sends everything as it happens.</summary>
    /// <param name="publicId">The order's public id.</param>
    /// <exception cref="HubException">
    /// <c>not_found</c>, or <c>too_many_requests</c> where the caller asks for many orders that do not exist, or where too
    /// many listen to this one.
    /// </exception>
    public async Task<CustomerView> SubscribeCustomer(string? publicId)
    {
        var id = PublicId.Normalise(publicId ?? "") ?? throw Refused(unknown.Count(Context.GetHttpContext()));
        await LeaveAsync(Channels.Customer(id));
        var (now, events) = feed.OfCustomer(id, after: null) ?? throw Refused(unknown.Count(Context.GetHttpContext()));
        var place = listeners.Add(id);
        if (!place.IsAcquired)
            throw Refused(OrderListeners.Refusal);
        Listen(Channels.Customer(id), events, announcement => announcement.ForCustomer, closesAtEnd: false, place);
        return now;
    }

    /// <summary>A connection with a token ends when the token does, even while it listens to nothing.</summary>
    public override Task OnConnectedAsync()
    {
        var (connection, subscriptions) = (Context, Subscriptions);
        Context.Items[nameof(IdleTimer)] = clock.CreateTimer(_ =>
        {
            if (subscriptions.IsEmpty)
                connection.Abort();
        }, null, IdleTimeout, Timeout.InfiniteTimeSpan);
        if (Actor.From(Context.User) is { } actor)
            _ = SendAsync(feed.ForUser(actor), _ => [], closesAtEnd: true, place: null, Context.ConnectionAborted);
        return base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        await IdleTimer.DisposeAsync();
        await base.OnDisconnectedAsync(exception);
    }

    private sealed record Listening(CancellationTokenSource Stop, Task Sending);

    private ITimer IdleTimer => (ITimer)Context.Items[nameof(IdleTimer)]!;

    private ConcurrentDictionary<string, Listening> Subscriptions =>
        (ConcurrentDictionary<string, Listening>)(Context.Items[nameof(Subscriptions)] ??= new ConcurrentDictionary<string, Listening>());

    /// <summary>
    /// Subscribing to the same channel again replaces the first subscription. The first has sent its last event before the
    /// new one starts, so no event is sent twice.
    /// </summary>
    private async Task LeaveAsync(string channel)
    {
        if (Subscriptions.TryRemove(channel, out var earlier))
        {
            await earlier.Stop.CancelAsync();
            await earlier.Sending;
            earlier.Stop.Dispose();
            IdleTimer.Change(IdleTimeout, Timeout.InfiniteTimeSpan);
        }
        if (Subscriptions.Count >= MostSubscriptions)
            throw Refused(new(Reason.TooManyRequests, $"A connection can listen to {MostSubscriptions} channels."));
    }

    private void Listen(
        string channel, IAsyncEnumerable<FeedItem> events, Func<Announcement, IReadOnlyList<Event>> mine,
        bool closesAtEnd, IDisposable? place = null)
    {
        var (subscriptions, idleTimer) = (Subscriptions, IdleTimer);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(Context.ConnectionAborted);
        var listening = new Listening(stop, SendAsync(events, mine, closesAtEnd, place, stop.Token));
        subscriptions[channel] = listening;
        _ = ForgetAsync();

        async Task ForgetAsync()
        {
            await listening.Sending;
            if (!subscriptions.TryRemove(KeyValuePair.Create(channel, listening)))
                return;
            stop.Dispose();
            idleTimer.Change(IdleTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends the events one by one until they end, the client leaves or cannot keep up. Never throws.</summary>
    private Task SendAsync(
        IAsyncEnumerable<FeedItem> events, Func<Announcement, IReadOnlyList<Event>> mine,
        bool closesAtEnd, IDisposable? place, CancellationToken cancellationToken)
    {
        var (connection, stopping) = (Context, lifetime.ApplicationStopping);
        var client = hub.Clients.Client(connection.ConnectionId);
        return Task.Run(SendAllAsync, CancellationToken.None);

        async Task SendAllAsync()
        {
            using var held = place;
            try
            {
                await foreach (var item in events.WithCancellation(cancellationToken))
                    foreach (var one in item is Announcement announcement ? mine(announcement) : [])
                        await client.SendAsync(one.Name, new RawJson(one.Json), CancellationToken.None)
                            .WaitAsync(Feed.Patience, CancellationToken.None);
                // The order is finished, the token or the right to listen is gone, or the server stops. At a stop SignalR first
                // tells its clients to reconnect. Abort tells them not to, but it keeps a client from delaying the stop.
                if (stopping.IsCancellationRequested)
                    await Task.Delay(Goodbye, CancellationToken.None);
                else if (!closesAtEnd)
                    return;
                connection.Abort();
            }
            catch (OperationCanceledException)
            {
                // The client left, or subscribed again.
            }
            catch (Exception fault)
            {
                log.LogInformation("A client is disconnected and may resume: {Reason}", fault.Message);
                connection.Abort();
            }
        }
    }

    private static HubException Refused(Refusal refusal) => new($"{Names.Of(refusal.Reason)}: {refusal.Detail}");

    /// <summary>JSON that was written before, once for everyone who gets it.</summary>
    [JsonConverter(typeof(Converter))]
    private sealed record RawJson(byte[] Utf8)
    {
        private sealed class Converter : JsonConverter<RawJson>
        {
            public override RawJson Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
                throw new NotSupportedException();

            public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
                writer.WriteRawValue(value.Utf8, skipInputValidation: true);
        }
    }
}
