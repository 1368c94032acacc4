using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// Live events over SignalR at <c>/hubs/orders</c> (section 12). Each client gets its channel's events one by one at
/// its own pace, so a slow one holds up nobody; the server decides who may listen.
/// </summary>
public sealed class LiveUpdatesHub(Feed feed, IHubContext<LiveUpdatesHub> hub, ILogger<LiveUpdatesHub> log) : Hub
{
    private const int MostSubscriptions = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends what happened in a store after a sequence, then everything as it happens.</summary>
    /// <param name="storeId">A store where the caller works.</param>
    /// <param name="after">The last sequence that the client saw; left out or null, only what happens from now on is sent.</param>
    /// <returns>The store's latest sequence at this moment.</returns>
    /// <exception cref="HubException"><c>unauthenticated</c> or <c>not_found</c>.</exception>
    public Task<long> SubscribeStore(long storeId, long? after = null)
    {
        var actor = Actor.From(Context.User) ?? throw Refused(Reason.Unauthenticated, "Connect with a valid API token.");
        var (now, events) = feed.OfStore(actor, storeId, after) ?? throw Refused(Reason.NotFound, Refusal.NotFound.Detail!);
        Send(Channels.Store(storeId), events, announcement => announcement.ForStore);
        return Task.FromResult(now);
    }

    /// <summary>Answers the customer's view of an order, then sends everything as it happens.</summary>
    /// <param name="publicId">The order's public id.</param>
    /// <exception cref="HubException"><c>not_found</c>.</exception>
    public Task<CustomerView> SubscribeCustomer(string publicId)
    {
        var (now, events) = feed.OfCustomer(publicId, after: null) ?? throw Refused(Reason.NotFound, Refusal.NotFound.Detail!);
        Send(Channels.Customer(now.PublicId), events, announcement => announcement.ForCustomer);
        return Task.FromResult(now);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        foreach (var subscription in Subscriptions.Values)
            subscription.Cancel();
        return base.OnDisconnectedAsync(exception);
    }

    private ConcurrentDictionary<string, CancellationTokenSource> Subscriptions =>
        (ConcurrentDictionary<string, CancellationTokenSource>)(Context.Items[nameof(Subscriptions)] ??= new ConcurrentDictionary<string, CancellationTokenSource>());

    /// <summary>Subscribing to the same channel again replaces the first subscription, so nothing is heard twice.</summary>
    private CancellationTokenSource Join(string channel)
    {
        if (Subscriptions.TryRemove(channel, out var earlier))
            earlier.Cancel();
        if (Subscriptions.Count >= MostSubscriptions)
            throw Refused(Reason.TooManyRequests, $"A connection can listen to {MostSubscriptions} channels.");
        return Subscriptions[channel] = CancellationTokenSource.CreateLinkedTokenSource(Context.ConnectionAborted);
    }

    private void Send(string channel, IAsyncEnumerable<Announcement?> events, Func<Announcement, IReadOnlyList<Event>> mine)
    {
        var stop = Join(channel).Token;
        var connection = Context;
        var client = hub.Clients.Client(connection.ConnectionId);
        _ = Task.Run(async () =>
        {
            try
            {
                await foreach (var announcement in events.WithCancellation(stop))
                    foreach (var one in announcement is null ? [] : mine(announcement))
                        await client.SendAsync(one.Name, new RawJson(one.Json), stop).WaitAsync(Patience, stop);
                connection.Abort();     // the token or the right to listen is gone, or the server stops
            }
            catch (OperationCanceledException)
            {
                // The client left, or subscribed anew.
            }
            catch (Exception fault)
            {
                log.LogInformation("A client is disconnected and may resume: {Reason}", fault.Message);
                connection.Abort();
            }
        }, CancellationToken.None);
    }

    private static HubException Refused(Reason reason, string detail) => new($"{Names.Of(reason)}: {detail}");

    /// <summary>JSON that is written already, once for all who get it.</summary>
    [JsonConverter(typeof(Converter))]
    private sealed record RawJson(byte[] Utf8)
    {
        private sealed class Converter : JsonConverter<RawJson>
        {
            public override RawJson Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

            public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
                writer.WriteRawValue(value.Utf8, skipInputValidation: true);
        }
    }
}
