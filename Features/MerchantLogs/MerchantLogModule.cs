using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MerchantLogs;

/// <summary>Who changed what of the merchant's stores, products, people and tokens, for the owner to read.</summary>
public sealed class MerchantLogModule : ICarterModule
{
    private const int MostEntries = 200;

    /// <param name="Id">Grows with each entry.</param>
    /// <param name="Timestamp">When.</param>
    /// <param name="Actor">Who; "Command line" where it was a command.</param>
    /// <param name="StoreId">The store, where it belongs to one.</param>
    /// <param name="Kind">What was changed.</param>
    /// <param name="SubjectId">Its number.</param>
    /// <param name="Subject">What it was called then.</param>
    /// <param name="Action">What happened.</param>
    /// <param name="Changes">The fields that differ; none where the action says it all.</param>
    public sealed record Entry(
        long Id, DateTimeOffset Timestamp, string Actor, long? StoreId, SubjectKind Kind, long SubjectId, string Subject, LogAction Action,
        IReadOnlyList<FieldChange> Changes);

    /// <param name="Entries">Newest first.</param>
    /// <param name="Next">Send it as <c>after</c> for older ones; null at the end.</param>
    public sealed record View(IReadOnlyList<Entry> Entries, long? Next);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/merchant/log", Results<Ok<View>, ProblemHttpResult> (
                [FromQuery] string? limit, [FromQuery] string? after, Actor actor, Database database) =>
            {
                var fields = new Fields();
                var (count, from) = (fields.WholeNumber("limit", limit) ?? 50, fields.WholeNumber("after", after));
                fields.Number("limit", count, 1, MostEntries);
                return fields.Refusal is { } invalid ? invalid.ToHttp() : TypedResults.Ok(Find(database, actor, count, from));
            })
            .RequireAuthorization(Policies.ManageMerchant)
            .WithTags("Merchant")
            .Describe("GetMerchantLog", "See who changed what", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden);

    internal static View Find(Database database, Actor actor, long limit, long? after) => database.Read(db =>
    {
        var rows = db.Query<MerchantLog.Entry>(LogSql, new { actor.MerchantId, limit, after = after ?? long.MaxValue }).AsList();
        return new View(
            [
                .. rows.Select(row => new Entry(
                    row.Id, row.CreatedAt, row.Actor, row.StoreId, row.Kind, row.SubjectId, row.Subject, row.Action, row.ReadChanges())),
            ],
            rows.Count < limit ? null : rows[^1].Id);
    });

    private const string LogSql = $"""
        {MerchantLog.EntrySql}
         WHERE l.merchant_id = @MerchantId AND l.id < @after
         ORDER BY l.id DESC
         LIMIT +@limit
        """;
}
