using System.Text.Json;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>Lives an order's life once more from its audit rows, by the rules of section 8, and compares where it ends.</summary>
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

        var state = Unborn(type);
        var sequence = 0L;
        foreach (var row in log)
        {
            if (Read(row) is not var (action, meta))
            {
                yield return $"audit row {row.Id} cannot be read, so the rest of its log is not replayed";
                yield break;
            }
            foreach (var wrong in Misfits(order, state, row, action, meta, sequence))
                yield return $"audit row {row.Id} {wrong}";
            state = After(state, row, meta);
            sequence = row.Sequence;
        }
        if (Read(log[0]) is { Meta.ItemCount: var count } && count != items.Pieces)
            yield return $"it has {items.Pieces} pieces, the log says {Shown(count)}";
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
        ("ready_at", Instant(order.ReadyAt), state.ReadyAt),
        ("completed_at", Instant(order.CompletedAt), state.CompletedAt),
    ];

    private static Order Unborn(FulfilmentType type) => new()
    {
        PublicId = "",
        Currency = "",
        CustomerName = "",
        CustomerEmail = "",
        FulfilmentType = type,
        ShippingStatus = type is FulfilmentType.Shipping ? ShippingStatus.Pending : null,
    };

    private static (AuditAction Action, AuditMeta Meta)? Read(AuditRow row)
    {
        try
        {
            return Names.Find<AuditAction>(row.Action) is { } action && Instant(row.CreatedAt) is DateTimeOffset && JsonSerializer.Deserialize<AuditMeta>(row.Meta, Json.Stored) is { } meta
                ? (action, meta)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What no step could have written at this point of the order's life.</summary>
    private static IEnumerable<string> Misfits(OrderRow order, Order before, AuditRow row, AuditAction action, AuditMeta meta, long sequence)
    {
        if ((row.StoreId, row.MerchantId) != (order.StoreId, order.MerchantId))
            yield return $"is of store {row.StoreId} and merchant {row.MerchantId}, the order of {order.StoreId} and {order.MerchantId}";
        if (row.Version != before.Version + 1)
            yield return $"has version {row.Version} and follows version {before.Version}";
        if (row.Sequence <= sequence)
            yield return $"has sequence {row.Sequence} and follows sequence {sequence}";
        if ((before.Version == 0) != (action is AuditAction.OrderCreated))
            yield return before.Version == 0 ? $"is the first and tells of {row.Action}" : "tells of the checkout and is not the first";
        else if (!Fits(before, action, meta))
            yield return $"tells of {row.Action} from {Shown(meta.OldStatus)} to {Shown(meta.NewStatus)}, which the order, {Names.Of(before.Status)} then, could not do";
    }

    private static bool Fits(Order before, AuditAction action, AuditMeta meta) => action switch
    {
        AuditAction.OrderCreated => meta is { OldStatus: null, NewStatus: OrderStatus.Pending },
        AuditAction.StatusChanged => meta.OldStatus == before.Status && meta.NewStatus is { } to && OrderView.AllowedFrom(before).Contains(to),
        AuditAction.StatusOverridden => meta.OldStatus == before.Status && !before.Status.IsTerminal() && meta.Reason is not null
            && meta.NewStatus is { } to && to != before.Status && (to.OnlyFor() ?? before.FulfilmentType) == before.FulfilmentType,
        AuditAction.TrackingCorrected => meta is { OldStatus: null, NewStatus: null, ShippingStatus: ShippingStatus.Shipped } && before.Status is OrderStatus.Shipped,
    };

    private static Order After(Order before, AuditRow row, AuditMeta meta)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt);
        var after = before with { Version = row.Version, CreatedAt = before.Version == 0 ? now : before.CreatedAt };
        if (meta.ShippingStatus is not null)
            after = after with { ShippingStatus = meta.ShippingStatus, TrackingCode = meta.TrackingCode, TrackingUrl = meta.TrackingUrl };
        if (meta.NewStatus is not { } to)
            return after;
        return after with
        {
            Status = to,
            AcceptedAt = to is OrderStatus.Accepted ? before.AcceptedAt ?? now : before.AcceptedAt,
            ReadyAt = to is OrderStatus.Ready or OrderStatus.Shipped ? now : to.IsTerminal() ? before.ReadyAt : null,
            CompletedAt = to.IsTerminal() ? now : null,
        };
    }

    /// <summary>An instant, or the number itself where it is no milliseconds of any year.</summary>
    private static object? Instant(long? milliseconds) =>
        milliseconds is >= -62135596800000 and <= 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : milliseconds;

    private static string Shown(object? value) => value switch
    {
        null => "nothing",
        DateTimeOffset instant => $"{instant:yyyy-MM-ddTHH:mm:ss.fffZ}",
        OrderStatus status => Names.Of(status),
        _ => $"{value}",
    };
}
