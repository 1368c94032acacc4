using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace StoreFlow.Infrastructure;

/// <summary>Where a request comes from, as the limits for one address count it.</summary>
internal static class ClientAddress
{
    /// <summary>What counts as one address: of IPv6 the half that a provider hands to one customer.</summary>
    public static string Origin(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.ToString(),
    };

    /// <summary>
    /// Whether it is this machine itself, where a reverse proxy's callers without a forwarded address come from, too. It is not
    /// limited; the other addresses of 127.0.0.0/8 are none of a proxy's.
    /// </summary>
    public static bool IsThisMachine(IPAddress? address) =>
        address is null || IPAddress.IPv6Loopback.Equals(address)
        || IPAddress.Loopback.Equals(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>So many at once for one address.</summary>
    public static RateLimitPartition<string> AtOnce(IPAddress? address, int count) => IsThisMachine(address)
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetConcurrencyLimiter(Origin(address), _ => new() { PermitLimit = count });

    /// <summary>So many a minute for one address, and as many at once after a quiet minute.</summary>
    public static RateLimitPartition<string> PerMinute(HttpContext? http, int count) =>
        IsThisMachine(http?.Connection.RemoteIpAddress)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(Origin(http?.Connection.RemoteIpAddress), _ => new()
            {
                TokenLimit = count,
                TokensPerPeriod = Math.Max(1, count / 6),
                ReplenishmentPeriod = TimeSpan.FromSeconds(10),
            });

    /// <summary>Tells a caller who was refused when to come back.</summary>
    public static void SetRetryAfter(this HttpResponse response, RateLimitLease refused)
    {
        if (refused.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            response.SetRetryAfter(wait);
    }

    /// <summary>Tells a caller who was refused when to come back: in whole seconds, rounded up, and at least one.</summary>
    public static void SetRetryAfter(this HttpResponse response, TimeSpan wait) =>
        response.Headers.RetryAfter = $"{Math.Max(1, Math.Ceiling(wait.TotalSeconds))}";
}
