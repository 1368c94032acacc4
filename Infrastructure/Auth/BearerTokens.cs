using System.Text.Encodings.Web;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace StoreFlow.Infrastructure;

/// <summary>
/// <c>Authorization: Bearer</c> with an API token, or a <see cref="TokenInQuery"/> for the hub.
/// Each request looks the token up, so a revoked one is refused by
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
        var token = header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? header[prefix.Length..].Trim()
            : header.Length == 0 ? TokenInQuery.Of(Context)
            : null;
        if (token is null)
            return Task.FromResult(AuthenticateResult.NoResult());

        var hash = ApiTokens.Hash(token);
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

    private const string FindSql = """
        SELECT u.id AS user_id, u.name, u.role, u.merchant_id, t.id AS token_id
          FROM api_tokens t
          JOIN users u ON u.id = t.user_id AND u.active = 1
         WHERE t.token_hash = @hash
           AND t.revoked_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > @now)
           AND (t.demo = 0 OR @demoToo)
        """;
}
