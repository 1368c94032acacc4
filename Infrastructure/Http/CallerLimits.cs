using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;

namespace StoreFlow.Infrastructure;

/// <summary>Marks an endpoint whose answer goes on until the caller leaves.</summary>
internal sealed record LongLived;

/// <summary>
/// How much one address, and one person, may have open at once: requests, and among them event streams, WebSockets and
/// hub connections. A caller over the limit is answered 429; nobody else notices.
/// </summary>
internal sealed class CallerLimits : IDisposable
{
    /// <summary>The rate limiter policy of hubs: each negotiation makes a connection that waits 15 seconds for its client.</summary>
    public const string HubPolicy = "hub";

    private const int NegotiationsAtOnce = 300;
    private const int NegotiationsPerSecond = 5;
    private const int TrustedTimes = 10; // staff get this many times more, and so does a proxy that does not name its caller

    private readonly PartitionedRateLimiter<HttpContext> _requests;
    private readonly PartitionedRateLimiter<HttpContext?> _liveOfAddress;
    private readonly PartitionedRateLimiter<HttpContext?> _liveOfPerson;

    public CallerLimits(Settings settings)
    {
        var requests = settings.ConnectionsPerAddress;
        var liveOfAddress = settings.LivePerAddress;
        var liveOfPerson = settings.LivePerPerson;
        _requests = PartitionedRateLimiter.Create<HttpContext, string>(
            http => ClientAddress.AtOnce(http.Connection.RemoteIpAddress, requests));
        _liveOfAddress = PartitionedRateLimiter.Create<HttpContext?, string>(
            http => ClientAddress.AtOnce(http?.Connection.RemoteIpAddress, liveOfAddress));
        _liveOfPerson = PartitionedRateLimiter.Create<HttpContext?, long>(http => Actor.From(http?.User) is { } actor
            ? RateLimitPartition.GetConcurrencyLimiter(actor.UserId, _ => new() { PermitLimit = liveOfPerson })
            : RateLimitPartition.GetNoLimiter(0L));
        Live = PartitionedRateLimiter.CreateChained(_liveOfAddress, _liveOfPerson);
    }

    /// <summary>The answer to a live connection over the limit.</summary>
    public static Refusal Refusal { get; } = new(
        Reason.TooManyRequests,
        "Too many live connections are open for this address or person. Close some of them, or wait a moment, then try again.");

    /// <summary>What stays open: event streams, WebSockets, and hub connections of any transport.</summary>
    public PartitionedRateLimiter<HttpContext?> Live { get; }

    public static void Configure(IServiceCollection services)
    {
        services.AddSingleton<CallerLimits>();
        services.AddOptions<RateLimiterOptions>().Configure<CallerLimits>((options, limits) =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                limits._requests, limits.Live.WithTranslatedKey<HttpContext>(http => IsLive(http) ? http : null, leaveOpen: true));
            options.AddPolicy(HubPolicy, Negotiations);
        });
    }

    public static bool OpensSocket(HttpContext http) =>
        http.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    // A negotiation takes a place only for a moment, so that it is refused where none is free. Its connection takes its own.
    public static bool IsLive(HttpContext http) =>
        OpensSocket(http) || IsNegotiation(http) || http.GetEndpoint()?.Metadata.GetMetadata<LongLived>() is not null;

    private static bool IsNegotiation(HttpContext http) => http.Request.Path.Value!.EndsWith("/negotiate", StringComparison.Ordinal);

    private static RateLimitPartition<string> Negotiations(HttpContext http)
    {
        if (!IsNegotiation(http))
            return RateLimitPartition.GetNoLimiter("");
        var address = http.Connection.RemoteIpAddress;
        var person = Actor.From(http.User);
        var times = person is not null || ClientAddress.IsThisMachine(address) ? TrustedTimes : 1;
        return RateLimitPartition.GetTokenBucketLimiter(person is null ? ClientAddress.Origin(address) : $"user {person.UserId}", _ => new()
        {
            TokenLimit = NegotiationsAtOnce * times,
            TokensPerPeriod = NegotiationsPerSecond * times,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        });
    }

    public void Dispose()
    {
        _requests.Dispose();
        _liveOfAddress.Dispose();
        _liveOfPerson.Dispose();
    }
}
