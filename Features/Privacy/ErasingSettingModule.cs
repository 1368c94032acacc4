using System.Data.Common;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>After how many days personal data are erased by themselves. Off until the owner says so.</summary>
public sealed class ErasingSettingModule : ICarterModule
{
    private const long MostDays = 3650;

    /// <param name="EraseAfterDays">Days after an order was finished; null for never.</param>
    /// <param name="Version">Grows with each change.</param>
    public sealed record View(long? EraseAfterDays, long Version);

    /// <summary>What is left out stays.</summary>
    public sealed record Body
    {
        /// <summary>1 to 3,650 days after an order was finished; null for never.</summary>
        public long? EraseAfterDays
        {
            get;
            set => (field, HasDays) = (value, true);
        }

        /// <summary>The version that the caller has seen; another one is refused as <c>stale</c>.</summary>
        public long? Version { get; set; }

        internal bool HasDays { get; private set; }
    }

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Merchant");

        group.MapGet("/merchant/privacy", (Actor actor, Database database) => TypedResults.Ok(Find(database, actor)))
            .Describe("GetPrivacy", "See when personal data are erased by themselves", Reason.Unauthenticated, Reason.Forbidden);

        group.MapPatch("/merchant/privacy", async Task<Results<Ok<View>, ProblemHttpResult>> (
                Body body, Actor actor, Database database, TimeProvider clock) => (await ChangeAsync(database, clock, actor, body)).ToOk())
            .Describe("ChangePrivacy", "Say when personal data are erased by themselves", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    internal static View Find(Database database, Actor actor) => database.Read(db => Find(db, actor).View);

    internal static async Task<Outcome<View>> ChangeAsync(Database database, TimeProvider clock, Actor actor, Body body)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        if (body.EraseAfterDays is not null)
            fields.Number("erase_after_days", body.EraseAfterDays, 1, MostDays);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            var (name, before) = Find(db, actor);
            var now = clock.Now();
            if (MerchantLog.Stale(db, SubjectKind.Merchant, actor.MerchantId, body.Version, before.Version, now) is { } stale)
                return stale;
            return Logged.Save(
                db, before, body.HasDays ? before with { EraseAfterDays = body.EraseAfterDays } : before,
                _ => db.QuerySingle<Row>(ChangeSql, new { actor.MerchantId, body.EraseAfterDays }).View,
                _ => new(actor.MerchantId, null, SubjectKind.Merchant, actor.MerchantId, name), actor.UserId, now).Now;
        });
    }

    private static (string Name, View View) Find(DbConnection db, Actor actor)
    {
        var row = db.QuerySingle<Row>("SELECT name, erase_after_days, version FROM merchants WHERE id = @MerchantId", actor);
        return (row.Name, row.View);
    }

    private const string ChangeSql = """
        UPDATE merchants SET erase_after_days = @EraseAfterDays, version = version + 1
         WHERE id = @MerchantId
        RETURNING name, erase_after_days, version
        """;

    private static readonly LoggedFields<View> Logged = new(("erase_after_days", view => view.EraseAfterDays));

    private sealed record Row
    {
        public required string Name { get; init; }
        public long? EraseAfterDays { get; init; }
        public long Version { get; init; }

        public View View => new(EraseAfterDays, Version);
    }
}
