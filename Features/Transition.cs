using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>
/// One step, as its slice states it: <paramref name="Rule"/> says why not, or nothing; <paramref name="Sql"/> is one
/// <c>UPDATE ... WHERE id = @id AND version = @version RETURNING *</c>, which may also use <c>@to</c>, <c>@now</c>
/// and the tracking.
/// </summary>
public sealed record Transition(OrderStatus To, Func<Order, Refusal?> Rule, string Sql)
{
    /// <summary>How the audit log calls it.</summary>
    public AuditAction Action { get; init; } = AuditAction.StatusChanged;

    /// <summary>The tracking that the body brought.</summary>
    public Tracking Tracking { get; init; } = Tracking.None;

    /// <summary>Why the body cannot be used, whatever the order: answered before the order is looked for.</summary>
    public Refusal? Invalid { get; init; }

    /// <summary>The owner's words, kept in the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// The one door through which an order changes after its checkout (section 13): it finds the order for this caller,
/// compares versions, asks the slice's rule, runs the slice's SQL and writes the audit row, all in one transaction.
/// The commit wakes the announcer.
/// </summary>
public sealed class Transitions(Database database, TimeProvider clock, KeyClock keys)
{
    /// <param name="id">The order.</param>
    /// <param name="seen">The version that the caller acts on; null takes the order as it is.</param>
    /// <param name="caller">Who acts, and under which idempotency key.</param>
    /// <param name="step">What is to be done.</param>
    /// <returns>200 with the order as it now is, or 400, 404 or 409; a refusal leaves nothing behind.</returns>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public async Task<Results<Ok<OrderView>, ProblemHttpResult>> Run(long id, long? seen, Caller caller, Transition step)
    {
        var fields = new Fields();
        var key = caller.IdempotencyKey is { } name
            ? IdempotencyKey.Read(fields, name, new KeyedStep(id, step.To, step.Action, seen, step.Tracking.Code, step.Tracking.Url, step.Reason))
            : null;
        fields.Include(step.Invalid);
        if (fields.Refusal is { } invalid)
            return Problems.Answer(invalid);

        // Items never change, and are read first: once the step is committed nothing may fail any more.
        var items = database.Read(db => OrderItem.Of(db, id));
        var (view, refusal) = await database.Write<(OrderView?, Refusal?)>(db =>
        {
            var (actor, now) = (caller.Actor, clock.Now());
            if (Order.Find(db, id, actor) is not { } before)
                return (null, Refusal.NotFound);
            if (key?.Find<OrderView>(db, before.StoreId, actor.UserId, keys) is { } earlier)
                return earlier;

            Refusal Truthfully(Refusal refusal)
            {
                var last = Audit.LastOf(db, before);
                return refusal with
                {
                    Detail = refusal.Detail ?? last.Sentence(before, actor, now),
                    Current = new(before.Status, before.ShippingStatus, before.Version, OrderView.AllowedFrom(before), last.Actor, last.CreatedAt),
                };
            }

            if (seen is { } version && version != before.Version)
                return (null, Truthfully(Refusal.Stale));
            if (step.Rule(before) is { } no)
                return (null, no.Reason is Reason.InvalidRequest ? no : Truthfully(no));

            var after = db.One(step.Sql, new
            {
                id,
                version = before.Version,
                now,
                to = step.To,
                TrackingCode = step.Tracking.Code,
                TrackingUrl = step.Tracking.Url,
                step.Tracking.EscapedCode,
            }, before.After);
            if (after is null)
                return (null, Truthfully(Refusal.Stale));
            Audit.Write(db, after, actor, step.Action, WhatChanged(before, after, step), now);
            var answer = OrderView.Of(after, items);
            key?.Keep(db, after.StoreId, actor.UserId, answer, now);
            return (answer, null);
        });
        return view is null ? Problems.Answer(refusal!) : TypedResults.Ok(view);
    }

    private static AuditMeta WhatChanged(Order before, Order after, Transition step)
    {
        var meta = new AuditMeta { Reason = step.Reason };
        if (before.Status != after.Status)
            meta = meta with { OldStatus = before.Status, NewStatus = after.Status };
        var parcel = (after.ShippingStatus, after.TrackingCode, after.TrackingUrl);
        if (parcel == (before.ShippingStatus, before.TrackingCode, before.TrackingUrl) && step.Action is not AuditAction.TrackingCorrected)
            return meta;
        return meta with
        {
            ShippingStatus = after.ShippingStatus,
            TrackingCode = after.TrackingCode,
            TrackingUrl = after.TrackingUrl,
            OldTrackingCode = before.TrackingCode == after.TrackingCode ? null : before.TrackingCode,
            OldTrackingUrl = before.TrackingUrl == after.TrackingUrl ? null : before.TrackingUrl,
        };
    }

    /// <summary>What makes a step the same step as before, for its idempotency key.</summary>
    internal sealed record KeyedStep(
        long OrderId, OrderStatus To, AuditAction Action, long? Version, string? TrackingCode, string? TrackingUrl, string? Reason);
}
