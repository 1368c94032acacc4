using System.Text.Json;
using System.Text.Json.Serialization;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>What an audit row is about.</summary>
public enum AuditAction
{
    OrderCreated,
    StatusChanged,
    StatusOverridden,
    TrackingCorrected,
    PromiseChanged,
}

/// <summary>
/// What one audit row says (section 13). Each kind of row has its own record, and the record's JSON is the row's
/// <c>meta</c>. History, announcements and replay read the same records.
/// </summary>
/// <param name="Action">The row's action.</param>
public abstract record AuditEvent([property: JsonIgnore] AuditAction Action)
{
    /// <summary>The row's <c>meta</c>.</summary>
    public string ToMeta() => JsonSerializer.Serialize(this, GetType(), Json.Stored);

    /// <summary>Reads a row back.</summary>
    /// <exception cref="JsonException">The row is not one that this program writes.</exception>
    public static AuditEvent Read(AuditAction action, string meta) => action switch
    {
        AuditAction.OrderCreated => Parse<OrderPlaced>(meta),
        AuditAction.StatusChanged => Parse<Kind>(meta) switch
        {
            { CancelReason: not null } => Parse<OrderCancelled>(meta),
            { Reason: not null } => Parse<HandedOver>(meta),
            { ShippingStatus: not null } => Parse<ParcelMoved>(meta),
            _ => Parse<StatusChanged>(meta),
        },
        AuditAction.StatusOverridden => Parse<StatusOverridden>(meta),
        AuditAction.TrackingCorrected => Parse<TrackingCorrected>(meta),
        AuditAction.PromiseChanged => Parse<PromiseChanged>(meta),
    };

    /// <summary>What tells the kinds of a changed status apart.</summary>
    internal sealed record Kind(ShippingStatus? ShippingStatus = null, CancelReason? CancelReason = null, string? Reason = null);

    private static T Parse<T>(string meta) =>
        JsonSerializer.Deserialize<T>(meta, Json.Stored) ?? throw new JsonException("The meta is empty.");
}

/// <summary>The order was placed, by its customer or for one.</summary>
/// <param name="NewStatus">The status that it starts with.</param>
/// <param name="ItemCount">Pieces over all lines.</param>
/// <param name="PromisedAt">When it shall be ready or sent; null where nothing is promised.</param>
/// <param name="Source">Where the order was taken; null for the web shop.</param>
public sealed record OrderPlaced(OrderStatus NewStatus, long ItemCount, DateTimeOffset? PromisedAt = null, OrderSource? Source = null)
    : AuditEvent(AuditAction.OrderCreated);

/// <summary>The order is promised for another time.</summary>
public interface IPromiseChange
{
    /// <summary>The promise from then on; null where the event does not concern it.</summary>
    DateTimeOffset? PromisedAt { get; }
}

/// <summary>The order moved from one status to another.</summary>
public interface IStatusChange
{
    OrderStatus OldStatus { get; }
    OrderStatus NewStatus { get; }
}

/// <summary>The parcel moved, or its tracking changed.</summary>
public interface IParcelChange
{
    /// <summary>Where the parcel is from then on; null where the event does not concern it.</summary>
    ShippingStatus? ShippingStatus { get; }

    /// <summary>The tracking from then on.</summary>
    string? TrackingCode { get; }
    string? TrackingUrl { get; }
}

/// <summary>An ordinary step that does not concern a parcel.</summary>
/// <param name="OldStatus">The status before.</param>
/// <param name="NewStatus">The status after.</param>
/// <param name="PromisedAt">The promise that the step made; null where it made none.</param>
/// <param name="Shelf">Where the ready order lies; null where nobody said.</param>
public sealed record StatusChanged(OrderStatus OldStatus, OrderStatus NewStatus, DateTimeOffset? PromisedAt = null, string? Shelf = null)
    : AuditEvent(AuditAction.StatusChanged), IStatusChange, IPromiseChange
{
    /// <summary>The event of an ordinary step.</summary>
    public static AuditEvent Between(Order before, Order after) => before.ShippingStatus == after.ShippingStatus
        ? Failpoint.IsPlanted("old and new status swapped")
            ? new StatusChanged(after.Status, before.Status)
            : new StatusChanged(
                before.Status, after.Status,
                before.PromisedAt == after.PromisedAt ? null : after.PromisedAt,
                before.Shelf == after.Shelf ? null : after.Shelf)
        : new ParcelMoved(before.Status, after.Status, after.ShippingStatus, after.TrackingCode, after.TrackingUrl);
}

/// <summary>The order was handed over without the code that its store asks for.</summary>
/// <param name="OldStatus">The status before.</param>
/// <param name="NewStatus">The status after.</param>
/// <param name="Reason">Why.</param>
public sealed record HandedOver(OrderStatus OldStatus, OrderStatus NewStatus, string Reason)
    : AuditEvent(AuditAction.StatusChanged), IStatusChange;

/// <summary>An ordinary step that ships or delivers the parcel (section 14).</summary>
public sealed record ParcelMoved(
    OrderStatus OldStatus,
    OrderStatus NewStatus,
    ShippingStatus? ShippingStatus = null,
    string? TrackingCode = null,
    string? TrackingUrl = null)
    : AuditEvent(AuditAction.StatusChanged), IStatusChange, IParcelChange;

/// <summary>The order was turned down or cancelled.</summary>
/// <param name="OldStatus">The status before.</param>
/// <param name="NewStatus">The status after.</param>
/// <param name="CancelReason">Why.</param>
/// <param name="CancelNote">More about it, for the staff only.</param>
public sealed record OrderCancelled(OrderStatus OldStatus, OrderStatus NewStatus, CancelReason CancelReason, string? CancelNote = null)
    : AuditEvent(AuditAction.StatusChanged), IStatusChange
{
    public static OrderCancelled Between(Order before, Order after) =>
        new(before.Status, after.Status, after.CancelReason!.Value, after.CancelNote);
}

/// <summary>The owner put the order into another status (section 8).</summary>
/// <param name="OldStatus">The status before.</param>
/// <param name="NewStatus">The status after.</param>
/// <param name="ShippingStatus">
/// Where the parcel is from then on; this and all tracking are null where the override does not concern it.
/// </param>
/// <param name="TrackingCode">The tracking code from then on.</param>
/// <param name="TrackingUrl">The tracking URL from then on.</param>
/// <param name="OldTrackingCode">The tracking code that the override replaced or removed.</param>
/// <param name="OldTrackingUrl">The tracking URL that the override replaced or removed.</param>
/// <param name="Reason">The owner's reason.</param>
public sealed record StatusOverridden(
    OrderStatus OldStatus,
    OrderStatus NewStatus,
    ShippingStatus? ShippingStatus = null,
    string? TrackingCode = null,
    string? TrackingUrl = null,
    string? OldTrackingCode = null,
    string? OldTrackingUrl = null,
    string? Reason = null)
    : AuditEvent(AuditAction.StatusOverridden), IStatusChange, IParcelChange
{
    public static StatusOverridden Between(Order before, Order after, string reason)
    {
        var overridden = new StatusOverridden(before.Status, after.Status, Reason: reason);
        return (before.ShippingStatus, before.TrackingCode, before.TrackingUrl)
            == (after.ShippingStatus, after.TrackingCode, after.TrackingUrl)
            ? overridden
            : overridden with
            {
                ShippingStatus = after.ShippingStatus,
                TrackingCode = after.TrackingCode,
                TrackingUrl = after.TrackingUrl,
                OldTrackingCode = before.TrackingCode == after.TrackingCode ? null : before.TrackingCode,
                OldTrackingUrl = before.TrackingUrl == after.TrackingUrl ? null : before.TrackingUrl,
            };
    }
}

/// <summary>Staff corrected the tracking of a shipped order.</summary>
/// <param name="ShippingStatus">Where the parcel is.</param>
/// <param name="TrackingCode">The code from then on.</param>
/// <param name="TrackingUrl">The URL from then on; null where there is none.</param>
/// <param name="OldTrackingCode">The code before; null where it stayed.</param>
/// <param name="OldTrackingUrl">The URL before; null where it stayed, or there was none.</param>
public sealed record TrackingCorrected(
    ShippingStatus? ShippingStatus,
    string? TrackingCode,
    string? TrackingUrl = null,
    string? OldTrackingCode = null,
    string? OldTrackingUrl = null)
    : AuditEvent(AuditAction.TrackingCorrected), IParcelChange
{
    public static TrackingCorrected Between(Order before, Order after) => new(
        after.ShippingStatus, after.TrackingCode, after.TrackingUrl,
        before.TrackingCode == after.TrackingCode ? null : before.TrackingCode,
        before.TrackingUrl == after.TrackingUrl ? null : before.TrackingUrl);
}

/// <summary>Staff promised the order for another time.</summary>
/// <param name="PromisedAt">The promise from then on.</param>
/// <param name="OldPromisedAt">The promise before; null where there was none.</param>
public sealed record PromiseChanged(DateTimeOffset? PromisedAt, DateTimeOffset? OldPromisedAt = null)
    : AuditEvent(AuditAction.PromiseChanged), IPromiseChange
{
    public static PromiseChanged Between(Order before, Order after) => new(after.PromisedAt, before.PromisedAt);
}
