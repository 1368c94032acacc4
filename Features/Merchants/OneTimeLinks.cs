using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace StoreFlow.Features.Merchants;

/// <summary>Links with which a person chooses a password, once: an invitation, or help for who has forgotten theirs.</summary>
internal static class OneTimeLinks
{
    /// <summary>How long a link can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>Makes a link, in the caller's write transaction; earlier ones of the person die. Only its hash is kept.</summary>
    /// <returns>The path, as in <c>/link/...</c>.</returns>
    public static string Make(DbConnection db, Person person, long? author, DateTimeOffset now)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        End(db, person.Id, now);
        db.Execute(
            "INSERT INTO one_time_links (user_id, secret_hash, created_at, expires_at) VALUES (@Id, @hash, @now, @expires)",
            new { person.Id, hash = Hash(secret), now, expires = now + Lifetime });
        MerchantLog.Append(db, person.SubjectOf(person.Id), LogAction.LinkMade, [], author, now);
        return $"/link/{secret}";
    }

    /// <summary>Whose password the link sets; null where it is unknown, used or expired, or the person is locked out.</summary>
    public static Person? Find(DbConnection db, string secret, DateTimeOffset now) =>
        db.QuerySingleOrDefault<(long MerchantId, long UserId)?>(FindSql, new { hash = Hash(secret), now }) is var (merchantId, userId)
            ? Person.Find(db, merchantId, userId)
            : null;

    /// <summary>Ends the links of a person.</summary>
    public static void End(DbConnection db, long userId, DateTimeOffset now) =>
        db.Execute("UPDATE one_time_links SET used_at = @now WHERE user_id = @userId AND used_at IS NULL", new { userId, now });

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private const string FindSql = """
        SELECT u.merchant_id, u.id AS user_id
          FROM one_time_links l
          JOIN users u ON u.id = l.user_id AND u.active = 1
         WHERE l.secret_hash = @hash AND l.used_at IS NULL AND l.expires_at > @now
        """;
}
