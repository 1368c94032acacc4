using System.Security.Cryptography;
using System.Text;

namespace StoreFlow.Features.Webhooks;

/// <summary>Signs as Standard Webhooks says: an HMAC-SHA256 of id, time and body, once for each secret.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The bytes of a new secret.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>A secret as its receiver is told it.</summary>
    public static string ToText(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>A secret as somebody sends it: <c>whsec_</c> and 24 to 64 bytes in base64; null where it is none.</summary>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[64];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) && length >= 24 ? bytes[..length] : null;
    }

    /// <summary>The header <c>webhook-signature</c>.</summary>
    /// <param name="secrets">The secrets, newest first.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="seconds">The header <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">The body, as it is sent.</param>
    public static string Of(IEnumerable<byte[]> secrets, string id, long seconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}
