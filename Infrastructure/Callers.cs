using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;

namespace StoreFlow.Infrastructure;

/// <summary>Policies by name. Which stores a caller may touch is not a policy: it stands in the SQL of each query.</summary>
public static class Policies
{
    /// <summary>Any member of staff; holds for every route that does not say otherwise.</summary>
    public const string Staff = nameof(Staff);

    /// <summary>The owner of the merchant.</summary>
    public const string Owner = nameof(Owner);
}

/// <summary>Who is asking: a script with an API token, or a person with a session on the pages.</summary>
public static class Callers
{
    private const string TokenOrSession = nameof(TokenOrSession);

    public static void AddCallers(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(TokenOrSession)
            .AddPolicyScheme(TokenOrSession, null, options => options.ForwardDefaultSelector = http =>
                http.Request.Headers.Authorization.Count > 0 || !SessionCookie.IsIn(http.Request) && !SessionCookie.IsForPeople(http.Request)
                    ? BearerTokens.Scheme
                    : Sessions.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null)
            .AddCookie(Sessions.Scheme, options => SessionCookie.Configure(options, builder.Configuration));
        // A stranger's made-up token is not worth a line of the log each time.
        builder.Logging.AddFilter(typeof(BearerTokens).FullName, LogLevel.Warning);
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Staff, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Owner, policy => policy.RequireAuthenticatedUser().RequireRole($"{Role.Owner}"));
        // The keys that sign sessions stand beside the database, so that a restart signs nobody out.
        builder.Services.AddDataProtection()
            .SetApplicationName("StoreFlow")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(Home.DataDirectory(builder.Configuration), "keys")));
    }

    /// <summary>Whether the person is still with the shop and the token or the session still good.</summary>
    internal static bool StillGood(DbConnection db, Actor actor, DateTimeOffset now) =>
        SessionStillGood(db, actor, now) && db.ExecuteScalar<bool>(StillGoodSql, new { actor.UserId, actor.TokenId, now });

    /// <summary>The same, and the person still works in the store.</summary>
    internal static bool StillWorksIn(DbConnection db, Actor actor, long storeId, DateTimeOffset now) =>
        SessionStillGood(db, actor, now) && db.ExecuteScalar<bool>(StillWorksInSql, new { actor.UserId, actor.TokenId, storeId, now });

    private static bool SessionStillGood(DbConnection db, Actor actor, DateTimeOffset now) =>
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
           AND EXISTS (SELECT 1 FROM reachable_stores WHERE user_id = @UserId AND store_id = @storeId)
        """;
}
