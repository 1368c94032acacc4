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
    /// So many a minute for one address, and as many at once after a quiet minute. This machine itself is not limited,
    /// which is where a reverse proxy's callers without a forwarded address come from.
    /// </summary>
    public static RateLimitPartition<string> PerMinute(HttpContext? http, int count) =>
        http?.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(Origin(address), _ => new()
            {
                TokenLimit = count,
                TokensPerPeriod = Math.Max(1, count / 6),
                ReplenishmentPeriod = TimeSpan.FromSeconds(10),
            });

    /// <summary>Tells a caller who was refused when to come back.</summary>
    public static void SetRetryAfter(this HttpResponse response, RateLimitLease refused)
    {
        if (refused.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds)}";
    }
}
