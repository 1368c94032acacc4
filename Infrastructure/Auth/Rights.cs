using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>Whether rights that were checked once still hold: a stream or a page may stay open for days.</summary>
internal static class Rights
{
    /// <summary>Whether the person is still with the shop and the token or session still good.</summary>
    public static bool StillGood(DbConnection db, Actor actor, DateTimeOffset now) =>
        IsSessionStillGood(db, actor, now) && db.ExecuteScalar<bool>(StillGoodSql, new { actor.UserId, actor.TokenId, now });

    /// <summary>The same, and the person still works in the store.</summary>
    public static bool StillWorksIn(DbConnection db, Actor actor, long storeId, DateTimeOffset now) =>
        IsSessionStillGood(db, actor, now) && db.ExecuteScalar<bool>(StillWorksInSql, new
        {
            UserId = actor.IdIn(storeId),
            actor.TokenId,
            storeId,
            now
        });

    /// <summary>Whether the store exists and the person works in it.</summary>
    public static bool WorksIn(DbConnection db, Actor actor, long storeId) =>
        db.ExecuteScalar<bool>($"SELECT {WorksInSql}", new { UserId = actor.IdIn(storeId), storeId });

    private static bool IsSessionStillGood(DbConnection db, Actor actor, DateTimeOffset now) =>
        actor.Session is not { } session || Sessions.StillGood(db, session, now);

    private const string StillGoodSql = """
        SELECT EXISTS (SELECT 1 FROM users WHERE id = @UserId AND active = 1)
           AND (@TokenId IS NULL
                OR EXISTS (SELECT 1
                             FROM api_tokens
                            WHERE id = @TokenId AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)))
        """;

    private const string StillWorksInSql = $"""
        {StillGoodSql}
           AND {WorksInSql}
        """;

    private const string WorksInSql = "EXISTS (SELECT 1 FROM reachable_stores WHERE user_id = @UserId AND store_id = @storeId)";
}
