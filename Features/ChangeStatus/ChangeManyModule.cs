using System.Diagnostics;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ChangeStatus;

/// <summary>One step for many orders of a store. Each order has a transaction, and an answer, of its own.</summary>
public sealed class ChangeManyModule : ICarterModule
{
    internal const int MostOrders = 100;

    /// <param name="OrderIds">1 to 100 orders of the store, each once.</param>
    /// <param name="To">The status to move them to.</param>
    /// <param name="Versions">The versions that the caller acts on, one for each of <c>order_ids</c>; optional.</param>
    /// <param name="TrackingCode">Needed for <c>shipped</c>.</param>
    /// <param name="TrackingUrl">For <c>shipped</c>; optional.</param>
    /// <param name="Reason">
    /// Needed for <c>cancelled</c>, and then one of its reasons; for <c>completed</c> where the store asks for a code.
    /// </param>
    /// <param name="Note">For <c>cancelled</c>; optional unless the reason is <c>other</c>.</param>
    /// <param name="ReadyInMinutes">For <c>accepted</c>; optional.</param>
    /// <param name="PromisedAt">For <c>accepted</c>; optional.</param>
    /// <param name="Shelf">For <c>ready</c>; optional.</param>
    public sealed record Body(
        IReadOnlyList<long>? OrderIds,
        OrderStatus? To,
        IReadOnlyList<long>? Versions = null,
        string? TrackingCode = null,
        string? TrackingUrl = null,
        string? Reason = null,
        string? Note = null,
        long? ReadyInMinutes = null,
        DateTimeOffset? PromisedAt = null,
        string? Shelf = null);

    /// <param name="Answers">One for each order, in the order of the request.</param>
    public sealed record View(IReadOnlyList<Answer> Answers);

    /// <param name="OrderId">The order.</param>
    /// <param name="Order">The order as it now is; null where the step was refused.</param>
    /// <param name="Problem">Why it was refused, as the step's own route says it; null where it is done.</param>
    public sealed record Answer(long OrderId, OrderView? Order, Problem? Problem);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/stores/{id}/orders/steps", ChangeAsync)
            .WithTags("Steps")
            .Describe("ChangeMany", "Take one step with many orders", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

    /// <remarks>
    /// 200 with one answer for each order: some may be done and others refused. An <c>Idempotency-Key</c> counts for each order by itself.
    /// </remarks>
    internal static async Task<Results<Ok<View>, ProblemHttpResult>> ChangeAsync(
        long id, Body body, Caller caller, Transitions transitions, Database database, TimeProvider clock)
    {
        var fields = new Fields();
        var ids = ReadIds(fields, body.OrderIds);
        if (body.Versions is { } sent && sent.Count != ids.Count)
            fields.Refuse("versions", "Send one version for each order, or leave this out.");
        var to = fields.Choice("to", body.To);
        var step = ChangeStatusModule.StepTo(
            to,
            new(to, null, body.TrackingCode, body.TrackingUrl, body.Reason, body.Note, body.ReadyInMinutes, body.PromisedAt, body.Shelf),
            caller.Actor.Role, clock.Now());
        if (step.Excuses is null)
            fields.Include(step.Errors); // else it depends on each order
        if (caller.IdempotencyKey is { } key)
            IdempotencyKey.Check(fields, key);
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (Find(database, id, caller.Actor, ids) is not { } own)
            return Refusal.NotFound.ToHttp();
        return TypedResults.Ok(new View(await TakeAllAsync(ids, body.Versions, own.Contains, caller, step, transitions)));
    }

    /// <summary>Takes the step with each of these orders.</summary>
    /// <param name="ids">The orders.</param>
    /// <param name="versions">The version of each that the caller saw; null takes them as they are.</param>
    /// <param name="isOwn">Whether an order is one of the store.</param>
    /// <param name="caller">Who takes it.</param>
    /// <param name="step">The step.</param>
    /// <param name="transitions">The one door.</param>
    internal static async Task<IReadOnlyList<Answer>> TakeAllAsync(
        IReadOnlyList<long> ids, IReadOnlyList<long>? versions, Predicate<long> isOwn, Caller caller, Step step, Transitions transitions) =>
        await Task.WhenAll(ids.Select((order, i) => isOwn(order)
            ? TakeAsync(order, versions?[i], caller, step, transitions)
            : Task.FromResult(Refused(order, Refusal.NotFound))));

    private static IReadOnlyList<long> ReadIds(Fields fields, IReadOnlyList<long>? ids)
    {
        if (ids is not { Count: >= 1 and <= MostOrders })
            fields.Refuse("order_ids", $"Send 1 to {MostOrders} orders.");
        else if (ids.Distinct().Count() < ids.Count)
            fields.Refuse("order_ids", "An order is listed twice.");
        return ids ?? [];
    }

    private static async Task<Answer> TakeAsync(long order, long? version, Caller caller, Step step, Transitions transitions)
    {
        var own = caller.IdempotencyKey is { } key ? caller with { IdempotencyKey = IdempotencyKey.OfOne(key, order) } : caller;
        try
        {
            return await transitions.RunAsync(order, version, own, step) switch
            {
                StepResult.Refused { Refusal: var refusal } => Refused(order, refusal),
                StepResult.Done { Order: var done } => new(order, done, null),
                _ => throw new UnreachableException(),
            };
        }
        catch (BusyException busy)
        {
            return Refused(order, new(Reason.Busy, busy.Sentence));
        }
    }

    private static Answer Refused(long order, Refusal refusal) => new(order, null, Problem.Of(refusal));

    /// <summary>Which of the orders are the store's, or null where the actor does not work there.</summary>
    private static HashSet<long>? Find(Database database, long store, Actor actor, IReadOnlyList<long> ids) => database.Read(db =>
        Rights.WorksIn(db, actor, store)
            ? db.Query<long>(OrdersSql, new { store, ids = SqlList.Of(ids) }).ToHashSet()
            : null);

    private const string OrdersSql = """
        SELECT o.id
          FROM json_each(@ids) wanted
          JOIN orders o ON o.id = CAST(wanted.value AS BIGINT)
         WHERE o.store_id = @store
        """;
}
