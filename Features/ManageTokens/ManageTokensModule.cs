using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageTokens;

/// <summary>API tokens for scripts and web shops, handed out and taken back by the owner.</summary>
public sealed class ManageTokensModule : ICarterModule
{
    /// <param name="Id">Its number.</param>
    /// <param name="UserId">Whose rights it has.</param>
    /// <param name="User">Their name.</param>
    /// <param name="Name">What it is for.</param>
    /// <param name="CreatedAt">When it was made.</param>
    /// <param name="LastUsedAt">When it was used last, to the hour; null where it never was.</param>
    /// <param name="ExpiresAt">Until when it works; null where it works until it is revoked.</param>
    /// <param name="RevokedAt">When it was taken back.</param>
    public sealed record View(
        long Id, long UserId, string User, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt,
        DateTimeOffset? RevokedAt);

    /// <param name="Tokens">All of the merchant, oldest first.</param>
    public sealed record List(IReadOnlyList<View> Tokens);

    /// <param name="UserId">Whose rights it gets.</param>
    /// <param name="Name">What it is for, to tell it from others: up to 60 characters.</param>
    /// <param name="Days">After how many days it expires; left out, it works until it is revoked.</param>
    public sealed record NewBody(long? UserId, string? Name, long? Days = null);

    /// <param name="Id">Its number, by which it can be revoked.</param>
    /// <param name="Token">The token itself, shown this once.</param>
    /// <param name="ExpiresAt">Until when it works; null where it works until it is revoked.</param>
    public sealed record Made(long Id, string Token, DateTimeOffset? ExpiresAt);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Merchant");

        group.MapGet("/merchant/tokens", (Actor actor, Database database) => TypedResults.Ok(Find(database, actor)))
            .Describe("ListTokens", "List the API tokens", Reason.Unauthenticated, Reason.Forbidden);

        group.MapPost("/merchant/tokens", async Task<Results<Created<Made>, ProblemHttpResult>> (
                    NewBody body, Actor actor, Database database, TimeProvider clock) =>
                (await MakeAsync(database, clock, actor, body)).ToCreated(_ => "/merchant/tokens"))
            .Describe("MakeToken", "Make an API token; it is shown once", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapDelete("/merchant/tokens/{id}", async Task<Results<NoContent, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock) =>
                await RevokeAsync(database, clock, actor, id) ? TypedResults.NoContent() : Refusal.NotFound.ToHttp())
            .Describe("RevokeToken", "Revoke an API token: what it opened ends within seconds", Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.Busy);
    }

    internal static List Find(Database database, Actor actor) => database.Read(db => new List(
    [
        .. Token.OfMerchant(db, actor.MerchantId).Select(token => new View(
            token.Id, token.UserId, token.User, token.Name, token.CreatedAt, token.LastUsedAt, token.ExpiresAt, token.RevokedAt)),
    ]));

    internal static async Task<Outcome<Made>> MakeAsync(Database database, TimeProvider clock, Actor actor, NewBody body)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        fields.Number("user_id", body.UserId, 1, long.MaxValue);
        Token.Check(fields, body.Name, body.Days);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<Made>>(db =>
        {
            var now = clock.Now();
            if (Person.Find(db, actor.MerchantId, body.UserId!.Value) is not { Active: true } person)
                return Refusal.Invalid("user_id", "There is no such user, or they are locked out.");
            DateTimeOffset? expires = body.Days is { } days ? now.AddDays(days) : null;
            var (id, secret) = Token.Make(db, person, body.Name!.Trim(), expires, actor.UserId, now);
            return new Made(id, secret, expires);
        });
    }

    internal static Task<bool> RevokeAsync(Database database, TimeProvider clock, Actor actor, long id) =>
        database.WriteAsync(db => actor.ManagesMerchant && Token.Revoke(db, actor.MerchantId, id, actor.UserId, clock.Now()));
}
