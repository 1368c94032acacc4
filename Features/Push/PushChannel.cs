using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>
/// Tells customers' browsers by their push services (RFC 8030). A merchant has one destination for all of them, so that a step costs the
/// same however many there are; each subscription is a delivery of its own, and what is wrong with one holds up no other.
/// </summary>
internal sealed class PushChannel : IChannel, IDisposable
{
    private const int MostSilentTries = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5); // the others wait meanwhile
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeptByService = TimeSpan.FromHours(4);

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly string? _contact;
    private readonly HttpClient _http;

    public PushChannel(Database database, TimeProvider clock, Settings settings)
    {
        (_database, _clock, _contact) = (database, clock, settings.Push.Contact);
        _http = OutgoingHttp.Client(settings.Push.AllowPrivateAddresses, Patience);
        _http.DefaultRequestVersion = HttpVersion.Version20;
        _http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    public DestinationKind Kind => DestinationKind.Push;

    public IEnumerable<string> EventsOf(Destination destination, Announcement announcement) =>
        announcement.Happened is IStatusChange { NewStatus: var status } && PushMessage.IsTold(status) ? [Names.Of(status)] : [];

    public IReadOnlyList<(string Event, string About)> DeliveriesOf(DbConnection db, Destination destination, Announcement announcement)
    {
        if (EventsOf(destination, announcement).FirstOrDefault() is { } told)
            return
            [
                .. PushSubscription.Of(db, announcement.OrderId)
                    .Select(subscription => (told, subscription.Id.ToString(CultureInfo.InvariantCulture))),
            ];
        if (announcement.EndsOrder)
            PushSubscription.RemoveOf(db, announcement.OrderId);
        return [];
    }

    public async Task DeleteOldAsync()
    {
        if (_database.Read(PushSubscription.HasEnded))
            await _database.WriteAsync(PushSubscription.RemoveEnded);
    }

    public async Task<SendResult> SendAsync(Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        if (_database.Read(db => PushMessage.Find(db, delivery)) is not { } message)
            return Final(null, "The customer does not ask for it any more.");
        if (Names.Of(message.Status) != delivery.Event)
            return Final(null, "The order has gone on since.");
        if (_clock.Now() - message.At > Fresh)
            return Final(null, "It happened more than an hour ago.");
        try
        {
            using var request = await RequestAsync(message);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var result = Read((int)answer.StatusCode, answer.Headers.RetryAfter);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone || result.Fault is null && message.Stage.IsTerminal)
                await RemoveAsync(message.SubscriptionId);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Silent(delivery, $"It did not answer within {Patience.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException fault) when (fault.InnerException is PrivateAddressException)
        {
            await RemoveAsync(message.SubscriptionId);
            return Final(null, OutgoingHttp.Sentence(fault));
        }
        catch (HttpRequestException fault)
        {
            return Silent(delivery, OutgoingHttp.Sentence(fault));
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(PushMessage message)
    {
        var (endpoint, key) = (new Uri(message.Endpoint), await PushKey.OfAsync(_database, _clock));
        var contact = _contact ?? $"mailto:{message.OwnerEmail}";
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ByteArrayContent(PushEncryption.Encrypt(message.ToJson(), message.P256dh, message.Auth)),
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Headers.TryAddWithoutValidation("Authorization", PushKey.Authorization(key, endpoint, contact, _clock.Now()));
        request.Headers.Add("TTL", KeptByService.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Urgency", "high");
        request.Headers.Add("Topic", message.Topic);
        return request;
    }

    private Task RemoveAsync(long subscription) => _database.WriteAsync(db =>
    {
        PushSubscription.Remove(db, subscription);
        return true;
    });

    private SendResult Read(int status, RetryConditionHeaderValue? retry) => status switch
    {
        >= 200 and < 300 => new(status),
        404 or 410 => Final(status, $"It answered {status}: the browser does not listen any more."),
        408 or 425 or 429 or >= 500 => new(
            status, $"It answered {status}.", retry?.Delta ?? retry?.Date - _clock.Now(), IsOfMessage: true),
        _ => Final(status, $"It answered {status}."),
    };

    /// <summary>Nothing came back. A few tries are enough: while it is silent, the messages behind it wait.</summary>
    private static SendResult Silent(Delivery delivery, string fault) =>
        new(null, fault, IsFinal: delivery.Attempts + 1 >= MostSilentTries, IsOfMessage: true);

    private static SendResult Final(long? answer, string fault) => new(answer, fault, IsFinal: true, IsOfMessage: true);

    public void Dispose() => _http.Dispose();
}
