using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>
/// The key by which push services know this server (RFC 8292, VAPID). It is made once and kept in the database, as the secrets of web
/// hooks are: it is in every copy, so that subscriptions outlive a restored one.
/// </summary>
internal static class PushKey
{
    private static readonly TimeSpan Validity = TimeSpan.FromHours(12); // RFC 8292 allows a day

    /// <summary>The private key; it is made where there is none.</summary>
    public static async Task<byte[]> OfAsync(Database database, TimeProvider clock) =>
        database.Read(Find) ?? await database.WriteAsync(db =>
        {
            using var made = ECDsa.Create(PushEncryption.Curve);
            db.Execute(InsertSql, new { privateKey = made.ExportPkcs8PrivateKey(), now = clock.Now() });
            return Find(db)!;
        });

    /// <summary>What a browser needs to subscribe: the public half, in base64url.</summary>
    public static string PublicOf(byte[] privateKey)
    {
        using var key = Read(privateKey);
        return PublicOf(key);
    }

    /// <summary>The header <c>Authorization</c> for a push service.</summary>
    /// <param name="privateKey">The key.</param>
    /// <param name="endpoint">Where the message goes; the token holds for that service only.</param>
    /// <param name="contact">Whom the service may ask, as an address with <c>mailto:</c> or <c>https:</c>.</param>
    /// <param name="now">The time.</param>
    public static string Authorization(byte[] privateKey, Uri endpoint, string contact, DateTimeOffset now)
    {
        using var key = Read(privateKey);
        var claims = new JsonObject
        {
            ["aud"] = endpoint.GetLeftPart(UriPartial.Authority),
            ["exp"] = (now + Validity).ToUnixTimeSeconds(),
            ["sub"] = contact,
        };
        var signed = $"{Encode("""{"typ":"JWT","alg":"ES256"}""")}.{Encode(claims.ToJsonString())}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"vapid t={signed}.{Base64Url.EncodeToString(signature)}, k={PublicOf(key)}";
    }

    private static string PublicOf(ECDsa key) =>
        Base64Url.EncodeToString(PushEncryption.PointOf(key.ExportParameters(includePrivateParameters: false).Q));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static ECDsa Read(byte[] privateKey)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return key;
    }

    private static byte[]? Find(DbConnection db) => db.QuerySingleOrDefault<byte[]>("SELECT private_key FROM push_keys");

    private const string InsertSql =
        "INSERT INTO push_keys (id, private_key, created_at) VALUES (1, @privateKey, @now) ON CONFLICT DO NOTHING";
}
