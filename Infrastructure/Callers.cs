using System.Data.Common;
using System.Text.Encodings.Web;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace StoreFlow.Infrastructure;

/// <summary>Policies by name. Which stores a caller may touch is not a policy: it stands in the SQL of each query.</summary>
public static class Policies
{
    /// <summary>Any member of staff; holds for every route that does not say otherwise.</summary>
    public const string Staff = nameof(Staff);

    /// <summary>The owner of the merchant.</summary>
    public const string Owner = nameof(Owner);
}

public static class CallerSetup
{
    public static void AddCallers(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(BearerTokens.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Staff, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Owner, policy => policy.RequireAuthenticatedUser().RequireRole($"{Role.Owner}"));
    }
}

/// <summary>
/// <c>Authorization: Bearer</c> with an API token. Each request looks the token up, so a revoked one is refused by
/// the next request already.
/// </summary>
public sealed class BearerTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Database database, TimeProvider clock, IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Bearer";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        const string prefix = $"{Scheme} ";
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());

        var hash = ApiTokens.Hash(header[prefix.Length..].Trim());
        var actor = database.Read(db => db.QuerySingleOrDefault<Actor>(
            FindSql, new { hash, now = clock.Now(), demoToo = environment.IsDevelopment() }));
        return Task.FromResult(actor is null
            ? AuthenticateResult.Fail("This token is unknown, expired or revoked.")
            : AuthenticateResult.Success(new(new(new ActorIdentity(actor, Scheme)), Scheme)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Scheme;
        return base.HandleChallengeAsync(properties);
    }

    /// <summary>Whether the actor's token is still good.</summary>
    internal static bool StillGood(DbConnection db, Actor actor, DateTimeOffset now) =>
        db.ExecuteScalar<bool>(StillGoodSql, new { actor.TokenId, now });

    /// <summary>Whether the actor's token is still good and its owner still works in the store.</summary>
    internal static bool StillWorksIn(DbConnection db, Actor actor, long storeId, DateTimeOffset now) =>
        db.ExecuteScalar<bool>(StillWorksInSql, new { actor.TokenId, actor.UserId, storeId, now });

    private const string FindSql = """
        SELECT u.id AS user_id, u.name, u.role, u.merchant_id, t.id AS token_id
          FROM api_tokens t
          JOIN users u ON u.id = t.user_id AND u.active = 1
         WHERE t.token_hash = @hash
           AND t.revoked_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > @now)
           AND (t.demo = 0 OR @demoToo)
        """;

    private const string StillGoodSql = """
        SELECT EXISTS (SELECT 1
                         FROM api_tokens t
                         JOIN users u ON u.id = t.user_id AND u.active = 1
                        WHERE t.id = @TokenId
                          AND t.revoked_at IS NULL
                          AND (t.expires_at IS NULL OR t.expires_at > @now))
        """;

    private const string StillWorksInSql = """
        SELECT EXISTS (SELECT 1
                         FROM api_tokens t
                         JOIN reachable_stores r ON r.user_id = t.user_id AND r.store_id = @storeId
                        WHERE t.id = @TokenId
                          AND t.revoked_at IS NULL
                          AND (t.expires_at IS NULL OR t.expires_at > @now))
        """;
}
