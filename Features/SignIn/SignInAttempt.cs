using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>One try to sign in, and what its failures are counted by.</summary>
public sealed class SignInAttempt
{
    private const int FreeForAccount = 5;
    private const int FreeForAddress = 20; // a whole shop may sit behind one
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <param name="email">The account, whether there is one or not; empty where there cannot be one.</param>
    /// <param name="address">Where the try comes from.</param>
    /// <param name="device">The browser's id, where the account's person has signed in on it before.</param>
    public SignInAttempt(string email, IPAddress? address, string? device)
    {
        var account = email[..Math.Min(email.Length, 254)].ToLowerInvariant();
        var origin = ClientAddress.Origin(address);
        var isIPv6 = address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false };
        if (device is not null)
        {
            Own = new($"device {device} {account}", FreeForAccount, Longest);
            Networks = [];
            Network = $"device {device}";
            IsKnownDevice = true;
            return;
        }
        Own = new($"account {account} {origin}", FreeForAccount, Longest);
        Account = account is "" ? null : new($"account {account}", FreeForAccount, TimeSpan.FromSeconds(5));
        // Who has a /48 of IPv6 has 65,536 networks that count as one address each.
        Networks = isIPv6
            ?
            [
                new($"network {origin}", FreeForAddress, Longest),
                new($"network {origin[..14]}", 2 * FreeForAddress, Longest),
                new($"network {origin[..12]}", 4 * FreeForAddress, Longest),
            ]
            : [new($"network {origin}", FreeForAddress, Longest)];
        Network = isIPv6 ? origin[..12] : origin[..Math.Max(0, origin.LastIndexOf('.'))];
    }

    private SignInAttempt(FailureLimit own, FailureLimit network)
    {
        (Own, Networks, Network, IsKnownDevice) = (own, [network], network.Key, true);
    }

    /// <summary>A try to take over a shared tablet with a PIN: five wrong ones slow that person down there, twenty everybody.</summary>
    public static SignInAttempt OnTablet(long tablet, long user) => new(
        new($"tablet {tablet} {user}", FreeForAccount, Longest), new($"tablet {tablet}", FreeForAddress, Longest));

    /// <summary>The account from this address, or on a browser that it knows.</summary>
    internal FailureLimit Own { get; }

    /// <summary>The account from everywhere; null where others do not slow it down: on a browser that it knows.</summary>
    internal FailureLimit? Account { get; }

    /// <summary>The address and, of IPv6, the networks around it; none for a browser that the account knows.</summary>
    internal IReadOnlyList<FailureLimit> Networks { get; }

    /// <summary>All that it is counted by.</summary>
    internal IEnumerable<FailureLimit> Limits => Account is null ? [.. Networks, Own] : [.. Networks, Own, Account];

    /// <summary>The /48 of IPv6 or /24 of IPv4 that waits in one line for its turn, or the browser that the account knows.</summary>
    internal string Network { get; }

    /// <summary>Whether the account's person has signed in on this browser before.</summary>
    internal bool IsKnownDevice { get; }
}

/// <summary>What failures are counted by.</summary>
/// <param name="Key">The account, address or browser.</param>
/// <param name="Free">How many failures are free.</param>
/// <param name="Longest">The wait to which each further failure doubles.</param>
internal sealed record FailureLimit(string Key, int Free, TimeSpan Longest)
{
    /// <summary>By what it is kept: a row tells nobody's address.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
}
