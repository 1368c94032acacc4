namespace StoreFlow.Features.Orders;

/// <summary>One row of <see cref="Lifecycle"/>: what a status means for one fulfilment type.</summary>
/// <param name="Type">The fulfilment type.</param>
/// <param name="Status">The status.</param>
/// <param name="Rank">Its place on the way, from 0. An order with a higher rank has gone further.</param>
/// <param name="Column">Where the board shows it.</param>
/// <param name="Is">"This order is {Is}."</param>
/// <param name="Did">What the person did who brought an order here: "Ana already {Did} 3 seconds ago."</param>
public sealed record Stage(FulfilmentType Type, OrderStatus Status, int Rank, Column Column, string Is, string Did)
{
    /// <summary>The statuses from which an ordinary step leads here; none where only checkout does.</summary>
    public IReadOnlyList<OrderStatus> From { get; init; } = [];

    /// <summary>Where staff may take that step from; null: from everywhere in <see cref="From"/>. Manager and owner always may.</summary>
    public IReadOnlyList<OrderStatus>? FromForStaff { get; init; }

    /// <summary>The label of the button that leads here.</summary>
    public string Button { get; init; } = "";

    /// <summary>Nothing leaves a terminal status, for anyone.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether the order will not reach its customer. It keeps its shipping status, whatever the stage's own is.</summary>
    public bool IsCancelled => Sets is Timestamp.CancelledAt;

    /// <summary>The shipping status of an order here; null for pickup.</summary>
    public ShippingStatus? ShippingStatus { get; init; }

    /// <summary>The instant that reaching this status sets; null where it sets none.</summary>
    public Timestamp? Sets { get; init; }

    /// <summary>The name of this step on the customer's page.</summary>
    public required string Name { get; init; }

    /// <summary>The customer's headline.</summary>
    public required string Headline { get; init; }

    /// <summary>What the customer can expect next; <c>{store}</c> and <c>{city}</c> stand for their names.</summary>
    public required string Next { get; init; }

    /// <summary>Whether an order here needs a tracking code (section 9): its parcel has left the store.</summary>
    public bool NeedsTracking => ShippingStatus is Orders.ShippingStatus.Shipped or Orders.ShippingStatus.Delivered;

    /// <summary>Whether the order still has to become ready, or be sent.</summary>
    public bool IsDue => Column is Column.New or Column.Accepted or Column.Working;

    /// <summary>Whether the step that leads here asks for the tracking code: it hands the parcel to the carrier.</summary>
    public bool AsksForTracking => ShippingStatus is Orders.ShippingStatus.Shipped;
}
