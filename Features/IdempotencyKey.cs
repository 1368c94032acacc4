using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>
/// A caller's name for one checkout or one step: sent again with the same request it gets the same answer, and has no
/// second effect. Looked up and kept in the very transaction, so that it holds for callers at the same moment and
/// after a crash, too. A refused request does not use its key up.
/// </summary>
internal sealed record IdempotencyKey(string Key, byte[] RequestHash)
{
    public const string Header = "Idempotency-Key";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(72);

    /// <summary>Reads the header; what was understood of the request is compared, not its bytes: spacing and the order of fields make no difference.</summary>
    public static IdempotencyKey Read<T>(Fields fields, string key, T request)
    {
        if (key.Length is 0 or > 255 || !key.All(c => c is >= ' ' and <= '~'))
            fields.Refuse(Header, "An idempotency key has 1 to 255 printable ASCII characters.");
        return new(key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, Json.Stored)));
    }

    /// <summary>The answer that this key got before in the store, or null where it is new.</summary>
    /// <param name="db">The transaction's connection.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="userId">Whose key it is; null for all callers without a token or session, who share theirs.</param>
    /// <param name="now">When expired keys are removed.</param>
    public (T?, Refusal?)? Find<T>(DbConnection db, long storeId, long? userId, DateTimeOffset now) where T : class
    {
        RemoveExpired(db, now);
        return db.QuerySingleOrDefault<Row>(FindSql, new { storeId, userId = userId ?? 0, Key }) switch
        {
            null => null,
            { } row when !row.RequestHash.AsSpan().SequenceEqual(RequestHash) => (null, new Refusal(Reason.IdempotencyKeyReused,
                "This idempotency key was used for another request. Use a new key for each new order or step.")),
            { } row => (JsonSerializer.Deserialize<T>(row.Answer, Json.Answers), null),
        };
    }

    public static bool AnyExpired(DbConnection db, DateTimeOffset now) =>
        db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM idempotency_keys WHERE created_at <= @expired)", new { expired = now - Kept });

    public static int RemoveExpired(DbConnection db, DateTimeOffset now) =>
        db.Execute("DELETE FROM idempotency_keys WHERE created_at <= @expired", new { expired = now - Kept });

    public void Keep<T>(DbConnection db, long storeId, long? userId, T answer, DateTimeOffset now) => db.Execute(KeepSql, new
    {
        storeId,
        userId = userId ?? 0,
        Key,
        RequestHash,
        answer = JsonSerializer.Serialize(answer, Json.Answers),
        now,
    });

    private const string FindSql = "SELECT request_hash, answer FROM idempotency_keys WHERE store_id = @storeId AND user_id = @userId AND key = @Key";

    private const string KeepSql = """
        INSERT INTO idempotency_keys (store_id, user_id, key, request_hash, answer, created_at)
        VALUES (@storeId, @userId, @Key, @RequestHash, @answer, @now)
        """;

    private sealed record Row
    {
        public required byte[] RequestHash { get; init; }
        public required string Answer { get; init; }
    }
}
