using StoreFlow.Infrastructure;
using static StoreFlow.Features.Orders.FulfilmentType;
using static StoreFlow.Features.Orders.OrderStatus;

namespace StoreFlow.Features.Orders;

/// <summary>
/// The one table of the lifecycle (sections 8 and 9). Rules, refusals, the board, the customer's page and the replay use it.
/// The database has rank, terminal, tracking and shipping status in its table <c>lifecycle</c> for its own checks.
/// </summary>
public static class Lifecycle
{
    public static readonly IReadOnlyList<Stage> Stages =
    [
        new(Pickup, Pending, Rank: 0, Column.New, Is: "new", Did: "placed this order")
        {
            Sets = Timestamp.CreatedAt,
            Name = "Placed",
            Headline = "Thank you for your order!",
            Next = "{store} will look at it shortly. You see it here as soon as they accept it.",
        },
        new(Pickup, Accepted, Rank: 1, Column.Accepted, Is: "accepted", Did: "accepted this order")
        {
            From = [Pending],
            Button = "Accept",
            Sets = Timestamp.AcceptedAt,
            Name = "Accepted",
            Headline = "The shop has your order",
            Next = "{store} will start to prepare it soon.",
        },
        new(Pickup, InProgress, Rank: 2, Column.Working, Is: "in preparation", Did: "started preparing this order")
        {
            From = [Accepted],
            Button = "Start preparing",
            Sets = Timestamp.StartedAt,
            Name = "In preparation",
            Headline = "Your order is being prepared",
            Next = "This page tells you when you can come and collect it.",
        },
        new(Pickup, Ready, Rank: 3, Column.Waiting, Is: "ready for pickup", Did: "marked this order ready")
        {
            From = [InProgress],
            Button = "Ready",
            Sets = Timestamp.ReadyAt,
            Name = "Ready",
            Headline = "Your order is ready!",
            Next = "Collect it at {store} and show this at the counter:",
        },
        new(Pickup, Completed, Rank: 4, Column.Done, Is: "collected", Did: "handed this order over")
        {
            From = [Ready],
            Button = "Collected",
            IsTerminal = true,
            Sets = Timestamp.CompletedAt,
            Name = "Collected",
            Headline = "Enjoy your order!",
            Next = "It was handed over at {store}. Thank you!",
        },
        new(Pickup, Cancelled, Rank: 5, Column.Done, Is: "cancelled", Did: "cancelled this order")
        {
            From = [Pending, Accepted, InProgress, Ready],
            FromForStaff = [Pending],
            IsTerminal = true,
            Sets = Timestamp.CancelledAt,
            Name = "Cancelled",
            Headline = "Your order was cancelled",
            Next = "{store} cannot complete this order. Please ask the shop if you have a question.",
        },

        new(Shipping, Pending, Rank: 0, Column.New, Is: "new", Did: "placed this order")
        {
            ShippingStatus = ShippingStatus.Pending,
            Sets = Timestamp.CreatedAt,
            Name = "Placed",
            Headline = "Thank you for your order!",
            Next = "{store} will look at it shortly. You see it here as soon as they accept it.",
        },
        new(Shipping, Accepted, Rank: 1, Column.Accepted, Is: "accepted", Did: "accepted this order")
        {
            From = [Pending],
            Button = "Accept",
            ShippingStatus = ShippingStatus.Pending,
            Sets = Timestamp.AcceptedAt,
            Name = "Accepted",
            Headline = "The shop has your order",
            Next = "{store} will pack it soon.",
        },
        new(Shipping, Packing, Rank: 2, Column.Working, Is: "being packed", Did: "started packing this order")
        {
            From = [Accepted],
            Button = "Start packing",
            ShippingStatus = ShippingStatus.Pending,
            Sets = Timestamp.StartedAt,
            Name = "Packing",
            Headline = "Your order is being packed",
            Next = "As soon as the parcel is on its way, you can follow it from here.",
        },
        new(Shipping, Shipped, Rank: 3, Column.Waiting, Is: "shipped", Did: "shipped this order")
        {
            From = [Accepted, Packing], // section 14 lets a parcel skip packing
            Button = "Ship…",
            ShippingStatus = ShippingStatus.Shipped,
            Sets = Timestamp.ReadyAt,
            Name = "Shipped",
            Headline = "Your order has shipped!",
            Next = "The parcel is on its way to {city}.",
        },
        new(Shipping, Delivered, Rank: 4, Column.Done, Is: "delivered", Did: "marked this order delivered")
        {
            From = [Shipped],
            Button = "Delivered",
            IsTerminal = true,
            ShippingStatus = ShippingStatus.Delivered,
            Sets = Timestamp.CompletedAt,
            Name = "Delivered",
            Headline = "Your order was delivered",
            Next = "The parcel has arrived. Thank you!",
        },
        new(Shipping, Cancelled, Rank: 5, Column.Done, Is: "cancelled", Did: "cancelled this order")
        {
            From = [Pending, Accepted, Packing, Shipped],
            FromForStaff = [Pending],
            IsTerminal = true,
            ShippingStatus = ShippingStatus.Pending,
            Sets = Timestamp.CancelledAt,
            Name = "Cancelled",
            Headline = "Your order was cancelled",
            Next = "{store} cannot complete this order. Please ask the shop if you have a question.",
        },
    ];

    private static readonly Dictionary<(FulfilmentType, OrderStatus), Stage> ByStatus =
        Stages.ToDictionary(stage => (stage.Type, stage.Status));

    /// <summary>The stage of an order of this type, or null where such an order never has this status.</summary>
    public static Stage? Find(FulfilmentType type, OrderStatus status) => ByStatus.GetValueOrDefault((type, status));

    /// <summary>The stage of an order that exists: the database lets it have no other status.</summary>
    public static Stage Of(FulfilmentType type, OrderStatus status) => ByStatus[(type, status)];

    /// <summary>The stages of one fulfilment type, first to last.</summary>
    public static IEnumerable<Stage> Of(FulfilmentType type) => Stages.Where(stage => stage.Type == type).OrderBy(stage => stage.Rank);

    /// <summary>Whether nothing leaves this status.</summary>
    public static bool IsTerminal(FulfilmentType type, OrderStatus status) => Of(type, status).IsTerminal;

    /// <summary>The stage at which checkout places an order.</summary>
    public static Stage First(FulfilmentType type) => Of(type).First();

    /// <summary>The statuses of unfinished orders. Queries list them by name, because <c>NOT IN</c> reads a whole store.</summary>
    public static IReadOnlyList<OrderStatus> Active { get; } = StatusesWhere(stage => !stage.IsTerminal);

    /// <summary>The statuses of orders that are neither ready nor sent yet, so that their promise can still be broken.</summary>
    public static IReadOnlyList<OrderStatus> Due { get; } = StatusesWhere(stage => stage.IsDue);

    /// <summary>The statuses of orders that stand in a column of the board.</summary>
    public static IReadOnlyList<OrderStatus> In(Column column) => StatusesWhere(stage => stage.Column == column);

    private static IReadOnlyList<OrderStatus> StatusesWhere(Func<Stage, bool> has) =>
        [.. Stages.Where(has).Select(stage => stage.Status).Distinct()];

    /// <summary>The statuses to which somebody's ordinary steps lead from here.</summary>
    public static IReadOnlyList<OrderStatus> AllowedFrom(FulfilmentType type, OrderStatus status, Role role) =>
        (role is Role.Staff ? AllowedForStaff : Allowed).GetValueOrDefault((type, status), []);

    private static readonly Dictionary<(FulfilmentType, OrderStatus), IReadOnlyList<OrderStatus>> Allowed =
        StepsFrom(to => to.From);

    private static readonly Dictionary<(FulfilmentType, OrderStatus), IReadOnlyList<OrderStatus>> AllowedForStaff =
        StepsFrom(to => to.FromForStaff ?? to.From);

    private static Dictionary<(FulfilmentType, OrderStatus), IReadOnlyList<OrderStatus>> StepsFrom(
        Func<Stage, IReadOnlyList<OrderStatus>> origins) => Stages.ToDictionary(
        from => (from.Type, from.Status),
        IReadOnlyList<OrderStatus> (from) => [.. Of(from.Type).Where(to => origins(to).Contains(from.Status)).Select(to => to.Status)]);

    /// <summary>Whether the step to this status cancels the order, and so asks for a reason.</summary>
    public static bool Cancels(OrderStatus status) => Stages.Any(stage => stage.Status == status && stage.IsCancelled);

    /// <summary>Whether the step to this status hands a parcel to its carrier, and so asks for the tracking code.</summary>
    public static bool AsksForTracking(OrderStatus status) => Stages.Any(stage => stage.Status == status && stage.AsksForTracking);

    /// <summary>Why the ordinary step to a status is refused for this order, or null where it may be taken.</summary>
    public static Refusal? Check(Order order, OrderStatus to) =>
        AllowedFrom(order.FulfilmentType, order.Status, Role.Owner).Contains(to) ? null : NoSuchStep(order, to);

    /// <summary>The refusal of a step that the lifecycle does not have from where the order is.</summary>
    public static Refusal NoSuchStep(Order order, OrderStatus to) => Find(order.FulfilmentType, to) switch
    {
        null => NotAllowed(
            $"This is a {Names.Of(order.FulfilmentType)} order, so it never gets to “{Stages.First(stage => stage.Status == to).Is}”."),
        { } target when !order.Stage.IsTerminal && order.Stage.Rank < target.Rank =>
            NotAllowed($"This order is {order.Stage.Is}, so it cannot get to “{target.Is}” yet."),
        // Somebody has already brought it this far: the refusal names that person.
        _ => NotAllowed($"This order is {order.Stage.Is} already.") with { NamesLastChange = true },
    };

    /// <summary>A refusal with a reason of the slice's own.</summary>
    public static Refusal NotAllowed(string detail) => new(Reason.TransitionNotAllowed, detail);
}
