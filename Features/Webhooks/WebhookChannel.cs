using System.Data.Common;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Webhooks;

/// <summary>Sends events as web hooks, signed as Standard Webhooks says. Redirects are not followed, answers are not read.</summary>
internal sealed class WebhookChannel : IChannel, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public WebhookChannel(Database database, TimeProvider clock, Settings settings)
    {
        (_database, _clock) = (database, clock);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // DNS is asked again
            MaxResponseHeadersLength = 16, // KB
        };
        if (!settings.Webhooks.AllowPrivateAddresses)
            handler.ConnectCallback = (connection, cancellationToken) =>
                PublicAddresses.ConnectAsync(connection.DnsEndPoint, cancellationToken);
        _http = new(handler) { Timeout = Patience };
        _http.DefaultRequestHeaders.UserAgent.Add(new("StoreFlow", ProductVersion.Number));
    }

    public DestinationKind Kind => DestinationKind.Webhook;

    public IEnumerable<string> EventsOf(Destination destination, Announcement announcement) =>
        announcement.ForStore.Select(told => told.Name).Where(destination.Takes);

    public async Task<SendResult> SendAsync(Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        var (webhook, body) = _database.Read(db => (
            Webhook.Of(db, destination.Id), WebhookMessage.Read(db, delivery.StoreId, delivery.Sequence, delivery.Event)));
        if (body is null)
            return new(null, "The log has no such event any more.", IsFinal: true);
        var seconds = _clock.Now().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json", "utf-8") } },
        };
        request.Headers.Add("webhook-id", delivery.MessageId);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(
            "webhook-signature", WebhookSignature.Of(webhook.SecretsAt(_clock.Now()), delivery.MessageId, seconds, body));
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Read((int)answer.StatusCode, answer.Headers.RetryAfter);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, $"It did not answer within {Patience.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException fault)
        {
            return new(null, Sentence(fault));
        }
    }

    public void SwitchedOff(DbConnection db, Destination destination, string because, DateTimeOffset now) => MerchantLog.Append(
        db, Webhook.SubjectOf(destination.MerchantId, destination.Id, Webhook.Of(db, destination.Id).Url), LogAction.SwitchedOff,
        [new("reason", null, because)], author: null, now);

    private SendResult Read(int status, RetryConditionHeaderValue? retry) => status switch
    {
        >= 200 and < 300 => new(status),
        410 => new(status, "It answered 410: it wants nothing more.", IsGone: true),
        >= 300 and < 400 => new(status, $"It answered {status}. Redirects are not followed: change the address instead."),
        _ => new(status, $"It answered {status}.", retry?.Delta ?? retry?.Date - _clock.Now()),
    };

    private static string Sentence(HttpRequestException fault) => fault switch
    {
        { InnerException: PrivateAddressException refused } => refused.Message,
        { HttpRequestError: HttpRequestError.NameResolutionError } => "There is no such host.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "Its certificate cannot be trusted, or it speaks no TLS.",
        { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException socket } =>
            $"No connection: {socket.SocketErrorCode}.",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "It closed the connection without an answer.",
        _ => $"No answer that can be read: {fault.HttpRequestError}.",
    };

    public void Dispose() => _http.Dispose();
}
