using System.Data.Common;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageTokens;

/// <summary>An API token, without its secret, of which the database keeps only the hash.</summary>
internal sealed record Token
{
    public long Id { get; init; }
    public long UserId { get; init; }
    public required string User { get; init; }
    public required string Name { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Tells what is wrong with a new one.</summary>
    public static void Check(Fields fields, string? name, long? days)
    {
        fields.Text("name", name, 60);
        if (days is not null)
            fields.Number("days", days, 1, 36500);
    }

    public static IReadOnlyList<Token> OfMerchant(DbConnection db, long merchantId) =>
        db.Query<Token>($"{FindSql} WHERE u.merchant_id = @merchantId ORDER BY t.id", new { merchantId }).AsList();

    public static IReadOnlyList<Token> OfUser(DbConnection db, long userId) =>
        db.Query<Token>($"{FindSql} WHERE t.user_id = @userId ORDER BY t.id", new { userId }).AsList();

    /// <summary>Makes one for the person, in the caller's write transaction.</summary>
    /// <returns>Its number and the secret, which is shown once.</returns>
    public static (long Id, string Secret) Make(
        DbConnection db, Person person, string name, DateTimeOffset? expires, long? author, DateTimeOffset now)
    {
        var secret = ApiTokens.New();
        var id = ApiTokens.Insert(db, person.Id, name, secret, demo: false, now, expires);
        MerchantLog.Append(
            db,
            new(person.MerchantId, null, SubjectKind.Token, id, $"{name}, {person.Name}"),
            LogAction.Created,
            expires is null ? [] : [new("expires_at", null, expires.Value.ToIso())],
            author,
            now);
        return (id, secret);
    }

    /// <summary>Revokes it, in the caller's write transaction: what it opened ends within seconds. A second time changes nothing.</summary>
    /// <returns>Whether the merchant has such a token.</returns>
    public static bool Revoke(DbConnection db, long merchantId, long id, long? author, DateTimeOffset now)
    {
        if (OfMerchant(db, merchantId).FirstOrDefault(token => token.Id == id) is not { } token)
            return false;
        if (token.RevokedAt is null)
        {
            db.Execute("UPDATE api_tokens SET revoked_at = @now WHERE id = @id", new { now, id });
            MerchantLog.Append(
                db,
                new(merchantId, null, SubjectKind.Token, id, $"{token.Name}, {token.User}"),
                LogAction.Revoked,
                [],
                author,
                now);
        }
        return true;
    }

    private const string FindSql = """
        SELECT t.id, t.user_id, u.name AS user, t.name, t.created_at, t.last_used_at, t.expires_at, t.revoked_at
          FROM api_tokens t
          JOIN users u ON u.id = t.user_id
        """;
}
