using System.Data.Common;
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

        var (hash, now) = (ApiTokens.Hash(token), clock.Now());
        var found = database.Read(db => db.QuerySingleOrDefault<Row>(FindSql, new { hash, now, demoToo = environment.IsDevelopment() }));
        if (found is null)
            return Task.FromResult(AuthenticateResult.Fail("This token is unknown, expired or revoked."));
        if (!found.Demo && !(now - found.LastUsedAt < Sessions.BetweenUses))
            _ = KeepUseAsync(found.TokenId, now);
        var actor = new Actor
        {
            UserId = found.UserId,
            Name = found.Name,
            Role = found.Role,
            MerchantId = found.MerchantId,
            TokenId = found.TokenId,
        };
        return Task.FromResult(AuthenticateResult.Success(new(new(new ActorIdentity(actor, Scheme)), Scheme)));
    }

    // Nobody waits for it: people can read even while the file cannot be written to.
    private async Task KeepUseAsync(long tokenId, DateTimeOffset now)
    {
        try
        {
            await database.WriteAsync(db => db.Execute(KeepUseSql, new { tokenId, now, earlier = now - Sessions.BetweenUses }));
        }
        catch (Exception fault) when (fault is BusyException or DbException)
        {
            // The next request writes it down.
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Scheme;
        return base.HandleChallengeAsync(properties);
    }

    private const string FindSql = """
        SELECT u.id AS user_id, u.name, u.role, u.merchant_id, t.id AS token_id, t.demo, t.last_used_at
          FROM api_tokens t
          JOIN users u ON u.id = t.user_id AND u.active = 1
         WHERE t.token_hash = @hash
           AND t.revoked_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > @now)
           AND (t.demo = 0 OR @demoToo = 1)
        """;

    // Many requests at once may find the same old use: only one of them writes.
    private const string KeepUseSql = """
        UPDATE api_tokens SET last_used_at = @now
         WHERE id = @tokenId AND (last_used_at IS NULL OR last_used_at <= @earlier)
        """;

    private sealed record Row
    {
        public long UserId { get; init; }
        public required string Name { get; init; }
        public Role Role { get; init; }
        public long MerchantId { get; init; }
        public long TokenId { get; init; }
        public bool Demo { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }
    }
}
