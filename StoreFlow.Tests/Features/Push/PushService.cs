using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StoreFlow.Tests.Features.Push;

/// <summary>A browser maker's push service.</summary>
public sealed class PushService : Listener<PushService.Message>
{
    /// <param name="Browser">Whose it is: the last part of the endpoint.</param>
    /// <param name="Headers">All headers.</param>
    /// <param name="Body">The body as it came.</param>
    public sealed record Message(string Browser, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    private PushService() : base("/send/{browser}") => Answers(_ => 201);

    public IReadOnlyList<Message> HeardBy(Browser browser) => [.. Heard.Where(message => browser.Endpoint.EndsWith($"/{message.Browser}"))];

    public static async Task<PushService> Start()
    {
        var service = new PushService();
        await service.StartAsync();
        return service;
    }

    protected override async Task<Message> ReadAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return new(
            (string)request.RouteValues["browser"]!,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
    }
}

/// <summary>A browser that subscribes and decrypts with keys of its own, step by step as RFC 8291 and RFC 8188 say.</summary>
public sealed class Browser(string origin) : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);

    public string Endpoint { get; } = $"{origin}/send/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    public string P256dh => Base64Url.EncodeToString(PublicKey);

    public string Auth => Base64Url.EncodeToString(_auth);

    /// <summary>As its <c>toJSON()</c> gives it.</summary>
    public Dictionary<string, object?> Subscription => new()
    {
        ["endpoint"] = Endpoint,
        ["expirationTime"] = null,
        ["keys"] = new { p256dh = P256dh, auth = Auth },
    };

    private byte[] PublicKey
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return [4, .. point.X!, .. point.Y!];
        }
    }

    /// <summary>What a message says.</summary>
    public JsonElement Read(byte[] body)
    {
        var (salt, sender) = (body[..16], body[21..86]);
        Assert.Equal((4096, 65), (body[16] << 24 | body[17] << 16 | body[18] << 8 | body[19], body[20]));
        using var other = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = sender[1..33], Y = sender[33..] },
        });
        var shared = _key.DeriveRawSecretAgreement(other.PublicKey);
        var pseudorandom = Hmac(_auth, shared);
        var input = Hmac(pseudorandom, [.. "WebPush: info\0"u8, .. PublicKey, .. sender, 1]);
        var salted = Hmac(salt, input);
        var key = Hmac(salted, [.. "Content-Encoding: aes128gcm\0"u8, 1])[..16];
        var nonce = Hmac(salted, [.. "Content-Encoding: nonce\0"u8, 1])[..12];

        var (encrypted, tag) = (body[86..^16], body[^16..]);
        var record = new byte[encrypted.Length];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(nonce, encrypted, tag, record);
        var end = record.AsSpan().TrimEnd((byte)0);
        Assert.Equal(2, end[^1]); // the last record
        return JsonDocument.Parse(end[..^1].ToArray()).RootElement;
    }

    private static byte[] Hmac(byte[] key, byte[] data) => HMACSHA256.HashData(key, data);

    public void Dispose() => _key.Dispose();
}

/// <summary>The header by which an application server says who it is: RFC 8292.</summary>
/// <param name="Key">The public key, in base64url.</param>
/// <param name="Claims">What the token says.</param>
public sealed record Vapid(string Key, JsonElement Claims)
{
    /// <summary>Reads the header and checks the signature with the key that stands in it.</summary>
    public static Vapid Verified(string header)
    {
        Assert.StartsWith("vapid ", header, StringComparison.Ordinal);
        var parts = header["vapid ".Length..].Split(',', StringSplitOptions.TrimEntries).ToDictionary(part => part[..1], part => part[2..]);
        var (token, point) = (parts["t"].Split('.'), Base64Url.DecodeFromChars(parts["k"]));
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point[1..33], Y = point[33..] },
        });
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.Equal("ES256", Json(token[0]).Text("alg"));
        return new(parts["k"], Json(token[1]));

        static JsonElement Json(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
    }

    public DateTimeOffset Expires => DateTimeOffset.FromUnixTimeSeconds(Claims.GetProperty("exp").GetInt64());
}
