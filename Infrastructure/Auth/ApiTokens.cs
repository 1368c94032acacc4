using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>API tokens: 256 random bits, of which the database keeps only the SHA-256.</summary>
public static class ApiTokens
{
    /// <summary>A new token, to be shown once: <c>sf_</c> and 43 characters of base64url.</summary>
    public static string New() => $"sf_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>What is kept of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Keeps the hash of a user's token. Answers the number by which the token can be revoked.</summary>
    public static long Insert(
        DbConnection db, long userId, string name, string token, bool demo, DateTimeOffset now, DateTimeOffset? expires) =>
        db.QuerySingle<long>(InsertSql, new { userId, name, hash = Hash(token), demo, now, expires });

    private const string InsertSql = """
        INSERT INTO api_tokens (user_id, name, token_hash, demo, created_at, expires_at)
        VALUES (@userId, @name, @hash, @demo, @now, @expires)
        RETURNING id
        """;
}
