using System.Data.Common;
using System.Diagnostics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// Every change of an order after its checkout is made here (section 13). One transaction finds the order for this caller,
/// compares versions, asks the slice's rule, runs the slice's SQL and writes the audit row. The commit wakes the announcer.
/// </summary>
public sealed class Transitions(Database database, TimeProvider clock, KeyClock keys)
{
    /// <param name="id">The order.</param>
    /// <param name="expectedVersion">The version that the caller acts on; null takes the order as it is.</param>
    /// <param name="caller">Who acts, and under which idempotency key.</param>
    /// <param name="step">The step.</param>
    /// <returns>The order as it is afterwards, or the refusal. A refusal leaves the order and its log as they were.</returns>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public async Task<StepResult> RunAsync(long id, long? expectedVersion, Caller caller, Step step)
    {
        using var trace = Telemetry.Source.StartActivity("step");
        trace?.SetTag("storeflow.step", step.Name).SetTag("storeflow.order_id", id);
        try
        {
            var (result, isRepeated) = await RunAsync(id, expectedVersion, caller, step, trace);
            OrderMetrics.CountStep(
                step.Name, isRepeated ? OrderMetrics.Repeated : result is StepResult.Done ? "taken" : null,
                (result as StepResult.Refused)?.Refusal.Reason);
            return result;
        }
        catch (Exception fault)
        {
            OrderMetrics.CountStep(step.Name, OrderMetrics.OutcomeOf(fault), refusal: null);
            throw;
        }
    }

    private async Task<(StepResult Result, bool IsRepeated)> RunAsync(
        long id, long? expectedVersion, Caller caller, Step step, Activity? trace)
    {
        var fields = new Fields();
        var key = caller.IdempotencyKey is { } name
            ? IdempotencyKey.Read(fields, name, new KeyedStep(
                id, step.Name, step.To, expectedVersion, step.Tracking.Code, step.Tracking.Url, step.Reason, step.Cancellation,
                step.Promise == Promise.Unchanged ? null : step.Promise, step.Shelf, step.PickupCode))
            : null;
        var excuses = fields.Refusal is null ? step.Excuses : null;
        fields.Include(step.Errors);
        var invalid = fields.Refusal;
        if (invalid is not null && excuses is null)
            return (new StepResult.Refused(invalid), false);

        var isRepeated = false;
        var result = await database.WriteAsync<StepResult>(db =>
        {
            var (actor, now) = (caller.Actor, clock.Now());
            var found = Order.FindToChange(db, id, actor);
            if (invalid is not null && !(found is { } excused && excuses!(excused.Order)))
                return new StepResult.Refused(invalid);
            if (found is not var (before, items))
                return new StepResult.Refused(Refusal.NotFound);
            switch (key?.Find<OrderView>(db, before.StoreId, actor.UserId, keys))
            {
                case KeyLookup<OrderView>.Answered earlier:
                    isRepeated = true;
                    return new StepResult.Done(earlier.Answer);
                case KeyLookup<OrderView>.Reused reused: return new StepResult.Refused(reused.Refusal);
            }
            if (expectedVersion is { } version && version != before.Version && !Failpoint.IsPlanted("version not checked"))
                return Refused(Stale);
            if (step.Rule(before) is { } refusal)
                return Refused(refusal);
            if (step.PickupCode is { } code && WrongCodes.Check(db, before, code, now) is { } wrong)
                return Refused(wrong);
            if (Apply(db, step, before, caller.Origin, now) is not { } after)
                return Refused(Stale);

            var view = OrderView.Of(after, items, actor);
            if (!Failpoint.IsPlanted("idempotency key forgotten"))
                key?.Keep(db, after.StoreId, actor.UserId, view, now);
            // Last: on PostgreSQL the other steps of the store wait for its sequence from this statement on, which goes with the commit.
            if (!Failpoint.IsPlanted("audit row lost"))
                AuditLog.Append(db, after, actor, step.Describe(before, after), now);
            EventTraces.Remember(trace, after);
            return new StepResult.Done(view);

            StepResult.Refused Refused(Refusal refusal) => new(refusal.Reason is Reason.OrderStale or Reason.TransitionNotAllowed
                ? WithCurrentState(refusal, before, AuditLog.LastChangeOf(db, before), actor, now)
                : refusal);
        }, WriteScope.SideBySide);
        return (result, isRepeated);
    }

    /// <summary>The order has moved on since the caller last saw it.</summary>
    private static Refusal Stale { get; } = new(Reason.OrderStale, "This order has changed.") { NamesLastChange = true };

    /// <summary>The order after the slice's SQL, or null where its version had moved on.</summary>
    private static Order? Apply(DbConnection db, Step step, Order before, string? origin, DateTimeOffset now)
    {
        var target = step.To is { } to ? Lifecycle.Find(before.FulfilmentType, to) : null;
        return db.QueryRow(step.Sql, new
        {
            id = before.Id,
            version = before.Version,
            now,
            to = step.To,
            shippingStatus = target?.ShippingStatus,
            sets = target?.Sets,
            TrackingCode = step.Tracking.Code,
            TrackingUrl = step.Tracking.Url,
            step.Tracking.EscapedCode,
            origin,
            cancelReason = step.Cancellation?.Reason,
            cancelNote = step.Cancellation?.Note,
            promisedAt = step.Promise.At(now),
            step.Shelf,
        }, Order.Read);
    }

    private static Refusal WithCurrentState(Refusal refusal, Order order, LastChange last, Actor actor, DateTimeOffset now) => refusal with
    {
        Detail = refusal.NamesLastChange ? last.Sentence(order, actor, now) : refusal.Detail,
        Current = new CurrentState(
            order.Status, order.ShippingStatus, order.Version, order.AllowedTransitions(actor.Role), last.Actor, last.CreatedAt),
    };

    /// <summary>What two requests must have in common to be the same step under one idempotency key.</summary>
    internal sealed record KeyedStep(
        long OrderId, string Step, OrderStatus? To, long? Version, string? TrackingCode, string? TrackingUrl, string? Reason,
        Cancellation? Cancellation, Promise? Promise, string? Shelf, string? PickupCode);
}

/// <summary>What an order is now and who made it so: enough for a page to refresh without asking again.</summary>
public sealed record CurrentState(
    OrderStatus Status,
    ShippingStatus? ShippingStatus,
    long Version,
    IReadOnlyList<OrderStatus> AllowedTransitions,
    string ChangedBy,
    DateTimeOffset ChangedAt);
