using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// A caller's name for one checkout or one step. Sent again with the same request, it gets the same answer and has no
/// second effect. It is looked up and kept in the transaction of the step, so it also holds for callers at the same
/// moment and after a crash. A refused request does not use up its key.
/// </summary>
internal sealed record IdempotencyKey(string Key, byte[] RequestHash)
{
    public const string Header = "Idempotency-Key";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(72);

    /// <summary>
    /// Reads the header. The meaning of the request is compared, not its bytes: spacing and the order of fields make no
    /// difference.
    /// </summary>
    public static IdempotencyKey Read<T>(Fields fields, string key, T request)
    {
        Check(fields, key);
        return new(key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, Json.Stored)));
    }

    /// <summary>Tells <paramref name="fields"/> where a key is none.</summary>
    public static void Check(Fields fields, string key)
    {
        if (key.Length is 0 or > 255 || !key.All(c => c is >= ' ' and <= '~'))
            fields.Refuse(Header, "An idempotency key has 1 to 255 printable ASCII characters.");
    }

    /// <summary>The key of one order's step, where a request takes the step of several under one key.</summary>
    public static string OfOne(string key, long orderId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{orderId} {key}")));

    /// <summary>
    /// What this caller used the key for in the store. Where <paramref name="userId"/> is null: what callers without a token
    /// or session used it for.
    /// </summary>
    public KeyLookup<T> Find<T>(DbConnection db, long storeId, long? userId, KeyClock keys) where T : class
    {
        var name = new { storeId, userId = userId ?? 0, Key };
        if (db.QuerySingleOrDefault<KeyRow>(FindSql, name) is not { } row)
            return new KeyLookup<T>.Unused();
        if (row.CreatedAt <= keys.Now() - Kept)
        {
            db.Execute(RemoveSql, name); // only this one: callers at the same moment would wait for each other
            return new KeyLookup<T>.Unused();
        }
        return row.RequestHash.AsSpan().SequenceEqual(RequestHash)
            ? new KeyLookup<T>.Answered(JsonSerializer.Deserialize<T>(row.Answer, Json.Answers)!)
            : new KeyLookup<T>.Reused(new(Reason.IdempotencyKeyReused,
                "This idempotency key was used for another request. Use a new key for each new order or step."));
    }

    public static bool AnyExpired(DbConnection db, DateTimeOffset now) =>
        db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM idempotency_keys WHERE created_at <= @expired)", new { expired = now - Kept });

    /// <summary>Removes about a thousand of them, so that no step has to wait long.</summary>
    public static int RemoveExpired(DbConnection db, DateTimeOffset now) => db.Execute("""
        DELETE FROM idempotency_keys
         WHERE created_at <= @expired
           AND created_at <= COALESCE((SELECT created_at FROM idempotency_keys ORDER BY created_at LIMIT 1 OFFSET 1000), @expired)
        """, new { expired = now - Kept });

    public void Keep<T>(DbConnection db, long storeId, long? userId, T answer, DateTimeOffset now) => db.ExecuteLater(KeepSql, new
    {
        storeId,
        userId = userId ?? 0,
        Key,
        RequestHash,
        answer = JsonSerializer.Serialize(answer, Json.Answers),
        now,
    });

    private const string FindSql = """
        SELECT request_hash, answer, created_at FROM idempotency_keys
         WHERE store_id = @storeId AND user_id = @userId AND key = @Key
        """;

    private const string RemoveSql = "DELETE FROM idempotency_keys WHERE store_id = @storeId AND user_id = @userId AND key = @Key";

    private const string KeepSql = """
        INSERT INTO idempotency_keys (store_id, user_id, key, request_hash, answer, created_at)
        VALUES (@storeId, @userId, @Key, @RequestHash, @answer, @now)
        """;

    private sealed record KeyRow
    {
        public required byte[] RequestHash { get; init; }
        public required string Answer { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
    }
}
