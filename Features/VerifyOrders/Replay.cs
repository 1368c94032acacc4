using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>Replays an order's audit rows by the rules of sections 8 and 9, and compares the result with the order.</summary>
internal static class Replay
{
    /// <returns>Each difference as half a sentence: "status is accepted, the log says ready".</returns>
    public static IEnumerable<string> Differences(OrderRow order, IReadOnlyList<AuditRow> log, ItemSum items)
    {
        if (Names.Find<FulfilmentType>(order.FulfilmentType) is not { } type)
        {
            yield return $"fulfilment_type is “{order.FulfilmentType}”, which is none";
            yield break;
        }
        if (log.Count == 0)
        {
            yield return "it has no audit row, not even of its checkout";
            yield break;
        }

        var state = BeforeCheckout(type);
        var sequence = 0L;
        foreach (var row in log)
        {
            if (!TryRead(row, out var happened))
            {
                yield return $"audit row {row.Id} cannot be read, so the rest of its log is not replayed";
                yield break;
            }
            foreach (var wrong in Violations(order, state, row, happened, sequence))
                yield return $"audit row {row.Id} {wrong}";
            if (happened is OrderPlaced placed && placed.ItemCount != items.Pieces)
                yield return $"it has {items.Pieces} pieces, the log says {placed.ItemCount}";
            state = After(state, row, happened);
            sequence = row.Sequence;
        }
        if (order.Subtotal != items.Worth)
            yield return $"subtotal is {order.Subtotal}, its items come to {items.Worth}";
        foreach (var (name, found, said) in Compared(order, state, log.Count))
            if (!Equals(found, said))
                yield return $"{name} is {Shown(found)}, the log says {Shown(said)}";
    }

    private static IEnumerable<(string Name, object? Found, object? Said)> Compared(OrderRow order, Order state, long rows) =>
    [
        ("status", order.Status, Names.Of(state.Status)),
        ("shipping_status", order.ShippingStatus, state.ShippingStatus is { } shipping ? Names.Of(shipping) : null),
        ("version", order.Version, rows),
        ("tracking_code", order.TrackingCode, state.TrackingCode),
        ("tracking_url", order.TrackingUrl, state.TrackingUrl),
        ("created_at", Instant(order.CreatedAt), state.CreatedAt),
        ("accepted_at", Instant(order.AcceptedAt), state.AcceptedAt),
        ("started_at", Instant(order.StartedAt), state.StartedAt),
        ("ready_at", Instant(order.ReadyAt), state.ReadyAt),
        ("completed_at", Instant(order.CompletedAt), state.CompletedAt),
        ("cancelled_at", Instant(order.CancelledAt), state.CancelledAt),
        ("cancel_reason", order.CancelReason, state.CancelReason is { } reason ? Names.Of(reason) : null),
        ("cancel_note", order.CancelNote, state.CancelNote),
        ("promised_at", Instant(order.PromisedAt), state.PromisedAt),
        ("shelf", order.Shelf, state.Shelf),
    ];

    private static Order BeforeCheckout(FulfilmentType type) => new()
    {
        PublicId = "",
        Currency = "",
        CustomerName = "",
        CustomerEmail = "",
        FulfilmentType = type,
        ShippingStatus = Lifecycle.First(type).ShippingStatus,
    };

    private static bool TryRead(AuditRow row, [NotNullWhen(true)] out AuditEvent? happened)
    {
        try
        {
            happened = Names.Find<AuditAction>(row.Action) is { } action && Instant(row.CreatedAt) is DateTimeOffset
                ? AuditEvent.Read(action, row.Meta)
                : null;
        }
        catch (JsonException)
        {
            happened = null;
        }
        return happened is not null;
    }

    /// <summary>What no step could have written at this point of the order's life.</summary>
    private static IEnumerable<string> Violations(OrderRow order, Order before, AuditRow row, AuditEvent happened, long sequence)
    {
        if ((row.StoreId, row.MerchantId) != (order.StoreId, order.MerchantId))
            yield return $"is of store {row.StoreId} and merchant {row.MerchantId}, the order of {order.StoreId} and {order.MerchantId}";
        if (row.Version != before.Version + 1)
            yield return $"has version {row.Version} and follows version {before.Version}";
        if (row.Sequence <= sequence)
            yield return $"has sequence {row.Sequence} and follows sequence {sequence}";
        var change = happened as IStatusChange;
        if ((before.Version == 0) != (happened is OrderPlaced))
            yield return before.Version == 0 ? $"is the first and tells of {row.Action}" : "tells of the checkout and is not the first";
        else if (!IsPossible(before, happened))
            yield return $"tells of {row.Action} from {Shown(change?.OldStatus)} " +
                $"to {Shown((happened as OrderPlaced)?.NewStatus ?? change?.NewStatus)}, " +
                $"which the order, {Names.Of(before.Status)} then, could not do";
    }

    private static bool IsPossible(Order before, AuditEvent happened) => happened switch
    {
        OrderPlaced placed => Lifecycle.Find(before.FulfilmentType, placed.NewStatus) is { Rank: 0 },
        StatusOverridden { Reason: null } => false,
        StatusOverridden change => change.OldStatus == before.Status && change.NewStatus != before.Status
            && Lifecycle.Find(before.FulfilmentType, before.Status) is { IsTerminal: false }
            && Lifecycle.Find(before.FulfilmentType, change.NewStatus) is { IsCancelled: false },
        HandedOver change when Lifecycle.Find(before.FulfilmentType, change.NewStatus) is not { Sets: Timestamp.CompletedAt } => false,
        IStatusChange change => change.OldStatus == before.Status
            && before.AllowedTransitions(Role.Owner).Contains(change.NewStatus)
            && Lifecycle.Cancels(change.NewStatus) == happened is OrderCancelled,
        TrackingCorrected corrected => corrected.ShippingStatus == before.ShippingStatus
            && Lifecycle.Find(before.FulfilmentType, before.Status) is { AsksForTracking: true },
        PromiseChanged changed => changed.PromisedAt is not null
            && changed.OldPromisedAt == before.PromisedAt
            && Lifecycle.Find(before.FulfilmentType, before.Status) is { IsTerminal: false },
        _ => false,
    };

    private static Order After(Order before, AuditRow row, AuditEvent happened)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt);
        var after = before with { Version = row.Version };
        if (happened is IParcelChange { ShippingStatus: not null } parcel)
        {
            after = after with
            {
                ShippingStatus = parcel.ShippingStatus,
                TrackingCode = parcel.TrackingCode,
                TrackingUrl = parcel.TrackingUrl,
            };
        }
        if (happened is IPromiseChange { PromisedAt: { } promisedAt })
            after = after with { PromisedAt = promisedAt };
        return happened switch
        {
            OrderPlaced placed => after with { Status = placed.NewStatus, CreatedAt = now, PromisedAt = placed.PromisedAt },
            OrderCancelled cancelled => after with
            {
                Status = cancelled.NewStatus,
                CancelledAt = now,
                CancelReason = cancelled.CancelReason,
                CancelNote = cancelled.CancelNote,
            },
            IStatusChange change => WithStatus(after, change.NewStatus, (happened as StatusChanged)?.Shelf, now),
            _ => after,
        };
    }

    private static Order WithStatus(Order order, OrderStatus status, string? shelf, DateTimeOffset now)
    {
        var sets = Lifecycle.Find(order.FulfilmentType, status)?.Sets;
        return order with
        {
            Status = status,
            AcceptedAt = sets is Timestamp.AcceptedAt ? order.AcceptedAt ?? now : order.AcceptedAt,
            StartedAt = sets is Timestamp.StartedAt ? now
                : sets is Timestamp.ReadyAt or Timestamp.CompletedAt ? order.StartedAt : null,
            Shelf = sets is Timestamp.ReadyAt ? shelf : sets is Timestamp.CompletedAt ? order.Shelf : null,
            ReadyAt = sets is Timestamp.ReadyAt ? now : sets is Timestamp.CompletedAt ? order.ReadyAt : null,
            CompletedAt = sets is Timestamp.CompletedAt ? now : null,
        };
    }

    /// <summary>An instant, or the number itself where it is outside the years that a date can have.</summary>
    private static object? Instant(long? milliseconds) =>
        milliseconds is >= -62135596800000 and <= 253402300799999
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value)
            : milliseconds;

    private static string Shown(object? value) => value switch
    {
        null => "nothing",
        DateTimeOffset instant => $"{instant:yyyy-MM-ddTHH:mm:ss.fffZ}",
        OrderStatus status => Names.Of(status),
        _ => $"{value}",
    };
}
