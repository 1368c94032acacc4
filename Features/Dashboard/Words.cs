using Microsoft.AspNetCore.Components;
using StoreFlow.Features.Languages;
using StoreFlow.Features.OrderHistory;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Dashboard;

/// <summary>How the staff pages call things.</summary>
internal static class Words
{
    /// <summary>What the lifecycle says of where the order is.</summary>
    public static Stage Stage(this OrderView order) => Lifecycle.Of(order.FulfilmentType, order.Status);

    /// <summary>A step as a button.</summary>
    public static string Button(StaffTexts texts, OrderView order, OrderStatus to) =>
        texts[$"button|{Lifecycle.Of(order.FulfilmentType, to).Button}"];

    /// <summary>What an order is now: "ready for pickup".</summary>
    public static string Is(StaffTexts texts, Stage stage) => texts[$"is|{stage.Is}"];

    /// <summary>Whether the step needs a code from a carrier: the shop's own courier needs none.</summary>
    public static bool AsksForTracking(OrderView order, OrderStatus to) =>
        Lifecycle.AsksForTracking(to) && order.Shipping is not { OwnCourier: true };

    /// <summary>Scheme and host of the pages.</summary>
    public static string Origin(NavigationManager navigation) => navigation.BaseUri.TrimEnd('/');

    public static string Kind(StaffTexts texts, FulfilmentType type) => type switch
    {
        FulfilmentType.Pickup => texts["Pickup"],
        FulfilmentType.Shipping => texts["Shipping"],
    };

    public static string FirstName(OrderView order) => CustomerView.FirstNameOf(order.Customer.Name);

    /// <summary>The tracking code that an audit row replaced; null where it replaced none.</summary>
    public static string? OldTrackingCode(OrderHistoryModule.Entry entry) =>
        (entry.Happened as TrackingCorrected)?.OldTrackingCode ?? (entry.Happened as StatusOverridden)?.OldTrackingCode;

    /// <summary>Why an order is cancelled, as a button and in the timeline.</summary>
    public static string Reason(StaffTexts texts, CancelReason reason) => reason switch
    {
        CancelReason.CustomerAsked => texts["The customer asked"],
        CancelReason.OutOfStock => texts["Out of stock"],
        CancelReason.TooBusy => texts["Too busy"],
        CancelReason.Closed => texts["Closed"],
        CancelReason.CannotDeliver => texts["Cannot deliver there"],
        CancelReason.NotCollected => texts["Not collected"],
        CancelReason.Duplicate => texts["Ordered twice"],
        CancelReason.SuspectedFraud => texts["Not a real order"],
        CancelReason.Other => texts["Another reason, as in the note"],
    };

    /// <summary>An audit row as a line of the timeline: "accepted this order".</summary>
    public static string Deed(StaffTexts texts, OrderView order, OrderHistoryModule.Entry entry) => entry.Happened switch
    {
        OrderPlaced placed => Did(texts, order, placed.NewStatus),
        TrackingCorrected => texts["did|corrected the tracking"],
        PromiseChanged => texts["did|promised another time"],
        StatusOverridden change =>
            texts["did|put this order to “{0}”", Is(texts, Lifecycle.Of(order.FulfilmentType, change.NewStatus))],
        IStatusChange change => Did(texts, order, change.NewStatus),
        _ => texts["did|changed this order"],
    };

    private static string Did(StaffTexts texts, OrderView order, OrderStatus status) =>
        texts[$"did|{Lifecycle.Of(order.FulfilmentType, status).Did}"];
}
