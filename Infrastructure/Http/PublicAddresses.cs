using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Which addresses the server calls for others. An owner or a stranger names the receiver, and DNS may answer anything: without this
/// the server would call its own network for them. The address is checked after DNS has answered, and it is the one that is connected to.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Others =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10",
            "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Whether the address is one of the public internet.</summary>
    public static bool Has(IPAddress address) =>
        Embedded(address) is { } inner ? Has(inner) : !Others.Any(network => network.Contains(address));

    /// <summary>Connects to an address of the name that may be reached.</summary>
    /// <exception cref="PrivateAddressException">The name has none.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        var allowed = addresses.Where(Has).ToArray();
        if (allowed.Length == 0)
            throw new PrivateAddressException(to.Host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // IPv4 inside IPv6: mapped, compatible, 6to4, and translated by NAT64.
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return null;
        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || bytes.AsSpan(0, 12).SequenceEqual(Nat64) || IsCompatible(bytes))
            return new(bytes.AsSpan(12, 4));
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new(bytes.AsSpan(2, 4)) : null;
    }

    private static ReadOnlySpan<byte> Nat64 => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    private static bool IsCompatible(byte[] bytes) =>
        bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && bytes.AsSpan(12, 4).IndexOfAnyExcept((byte)0) >= 0 && bytes[12] != 0;
}

/// <summary>A receiver's name leads into a private network only.</summary>
internal sealed class PrivateAddressException(string host)
    : IOException($"{host} has an address in a private network, which is not reached from here.");
