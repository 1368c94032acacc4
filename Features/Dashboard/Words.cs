using Microsoft.AspNetCore.Components;
using StoreFlow.Features.OrderHistory;

using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Dashboard;

/// <summary>How the staff pages call things.</summary>
internal static class Words
{
    /// <summary>What the lifecycle says of where the order is.</summary>
    public static Stage Stage(this OrderView order) => Lifecycle.Of(order.FulfilmentType, order.Status);

    /// <summary>A step as a button.</summary>
    public static string Button(OrderView order, OrderStatus to) => Lifecycle.Of(order.FulfilmentType, to).Button;

    /// <summary>Whether the step needs a code from a carrier: the shop's own courier needs none.</summary>
    public static bool AsksForTracking(OrderView order, OrderStatus to) =>
        Lifecycle.AsksForTracking(to) && order.Shipping is not { OwnCourier: true };

    /// <summary>Scheme and host of the pages.</summary>
    public static string Origin(NavigationManager navigation) => navigation.BaseUri.TrimEnd('/');

    public static string Kind(FulfilmentType type) => type switch
    {
        FulfilmentType.Pickup => "Pickup",
        FulfilmentType.Shipping => "Shipping",
    };

    public static string FirstName(OrderView order) => CustomerView.FirstNameOf(order.Customer.Name);

    /// <summary>The tracking code that an audit row replaced; null where it replaced none.</summary>
    public static string? OldTrackingCode(OrderHistoryModule.Entry entry) =>
        (entry.Happened as TrackingCorrected)?.OldTrackingCode ?? (entry.Happened as StatusOverridden)?.OldTrackingCode;

    /// <summary>Why an order is cancelled, as a button and in the timeline.</summary>
    public static string Reason(CancelReason reason) => reason switch
    {
        CancelReason.CustomerAsked => "The customer asked",
        CancelReason.OutOfStock => "Out of stock",
        CancelReason.TooBusy => "Too busy",
        CancelReason.Closed => "Closed",
        CancelReason.CannotDeliver => "Cannot deliver there",
        CancelReason.NotCollected => "Not collected",
        CancelReason.Duplicate => "Ordered twice",
        CancelReason.SuspectedFraud => "Not a real order",
        CancelReason.Other => "Another reason, as in the note",
    };

    /// <summary>An audit row as a line of the timeline: "accepted this order".</summary>
    public static string Deed(OrderView order, OrderHistoryModule.Entry entry) => entry.Happened switch
    {
        OrderPlaced placed => Lifecycle.Of(order.FulfilmentType, placed.NewStatus).Did,
        TrackingCorrected => "corrected the tracking",
        PromiseChanged => "promised another time",
        StatusOverridden change => $"put this order to “{Lifecycle.Of(order.FulfilmentType, change.NewStatus).Is}”",
        IStatusChange change => Lifecycle.Of(order.FulfilmentType, change.NewStatus).Did,
        _ => "changed this order",
    };
}
