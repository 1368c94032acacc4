using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>
/// A caller's name for one checkout: sent again with the same body it gets the same answer, and no second order.
/// Looked up and kept in the checkout's own transaction, so that it holds for callers at the same moment, too.
/// </summary>
internal sealed record IdempotencyKey(long StoreId, string Key, byte[] RequestHash)
{
    public const string Header = "Idempotency-Key";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(72);

    public static IdempotencyKey Read(Fields fields, string key, CheckoutBody body)
    {
        if (key.Length is 0 or > 255 || !key.All(c => c is >= ' ' and <= '~'))
            fields.Refuse(Header, "An idempotency key has 1 to 255 printable ASCII characters.");
        // What was understood is compared, not the bytes: spacing and the order of fields make no other order.
        return new(body.StoreId ?? 0, key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, Json.Stored)));
    }

    /// <summary>The answer that this key got before, or null where it is new.</summary>
    public (CustomerView?, Refusal?)? Find(DbConnection db, DateTimeOffset now)
    {
        db.Execute("DELETE FROM idempotency_keys WHERE created_at <= @expired", new { expired = now - Kept });
        return db.QuerySingleOrDefault<Row>(FindSql, new { StoreId, Key }) switch
        {
            null => null,
            { } row when !row.RequestHash.AsSpan().SequenceEqual(RequestHash) => (null, new Refusal(Reason.IdempotencyKeyReused,
                "This idempotency key was used for another order. Use a new key for a new order.")),
            { } row => (JsonSerializer.Deserialize<CustomerView>(row.Answer, Json.Answers), null),
        };
    }

    public void Keep(DbConnection db, CustomerView answer, DateTimeOffset now) =>
        db.Execute(KeepSql, new { StoreId, Key, RequestHash, answer = JsonSerializer.Serialize(answer, Json.Answers), now });

    private const string FindSql = "SELECT request_hash, answer FROM idempotency_keys WHERE store_id = @StoreId AND key = @Key";

    private const string KeepSql = """
        INSERT INTO idempotency_keys (store_id, key, request_hash, answer, created_at)
        VALUES (@StoreId, @Key, @RequestHash, @answer, @now)
        """;

    private sealed record Row
    {
        public required byte[] RequestHash { get; init; }
        public required string Answer { get; init; }
    }
}
