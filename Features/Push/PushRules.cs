using System.Buffers.Text;
using System.Net;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>What a browser's subscription has to be.</summary>
internal static class PushRules
{
    /// <summary>Reads the address at the push service.</summary>
    /// <param name="fields">Takes the refusal.</param>
    /// <param name="endpoint">The address.</param>
    /// <param name="allowsPrivate">Whether it may be in the server's own network, and without HTTPS.</param>
    public static string Endpoint(Fields fields, string? endpoint, bool allowsPrivate)
    {
        const string field = "endpoint";
        endpoint = fields.Text(field, endpoint, 2000);
        if (fields.Errors.ContainsKey(field))
            return endpoint;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            fields.Refuse(field, "This has to be the address that the browser's subscription has.");
        else if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            fields.Refuse(field, "No push service has such an address.");
        else if (uri.Scheme == "http" && !allowsPrivate)
            fields.Refuse(field, "This has to begin with https://.");
        else if (!allowsPrivate && (uri.IsLoopback || IPAddress.TryParse(uri.DnsSafeHost, out var ip) && !PublicAddresses.Has(ip)))
            fields.Refuse(field, "This address is in a private network, and no push service.");
        return endpoint;
    }

    /// <summary>Reads both keys.</summary>
    public static (byte[] P256dh, byte[] Auth) Keys(Fields fields, PushModule.Keys? keys)
    {
        var p256dh = Bytes(keys?.P256dh, PushEncryption.PointLength);
        if (!PushEncryption.IsPoint(p256dh))
            fields.Refuse("keys.p256dh", "This has to be a public key of P-256 in base64url: 65 bytes, as the browser gives it.");
        var auth = Bytes(keys?.Auth, PushEncryption.AuthLength);
        if (auth.Length != PushEncryption.AuthLength)
            fields.Refuse("keys.auth", "This has to be 16 bytes in base64url, as the browser gives them.");
        return (p256dh, auth);
    }

    /// <summary>The bytes, where there are so many; else none.</summary>
    private static byte[] Bytes(string? text, int count)
    {
        var bytes = new byte[count];
        return text is { Length: <= 100 } && Base64Url.IsValid(text, out var length) && length == count
            && Base64Url.TryDecodeFromChars(text, bytes, out _) ? bytes : [];
    }
}
