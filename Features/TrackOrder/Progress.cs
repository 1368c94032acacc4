using StoreFlow.Features.Orders;

namespace StoreFlow.Features.TrackOrder;

/// <summary>An order's way to its customer, in the customer's own words.</summary>
internal static class Progress
{
    /// <param name="Name">The step's name.</param>
    /// <param name="At">When it was reached; null where it was not, or no time is kept.</param>
    /// <param name="Reached">Whether the order has come this far.</param>
    /// <param name="Current">Whether the order is here now.</param>
    public sealed record Step(string Name, DateTimeOffset? At, bool Reached, bool Current);

    /// <summary>
    /// The steps of this fulfilment type, with the times that are known. A cancelled order has those that it took, and its end.
    /// </summary>
    public static IReadOnlyList<Step> Steps(CustomerView order)
    {
        var now = Lifecycle.Of(order.FulfilmentType, order.Status);
        return [.. Lifecycle.Of(order.FulfilmentType)
            .Where(stage => now.IsCancelled ? At(order, stage.Sets) is not null : !stage.IsCancelled)
            .Select(stage => new Step(
                stage.Name, stage.Rank <= now.Rank ? At(order, stage.Sets) : null, stage.Rank <= now.Rank, stage == now))];
    }

    public static string Headline(CustomerView order) => Lifecycle.Of(order.FulfilmentType, order.Status).Headline;

    /// <summary>What the shop promises, before the time; null where nothing is promised, or it is ready or sent already.</summary>
    public static string? Promise(CustomerView order) =>
        order.PromisedAt is null || !Lifecycle.Of(order.FulfilmentType, order.Status).IsDue ? null : order.FulfilmentType switch
        {
            FulfilmentType.Pickup => "Ready about",
            FulfilmentType.Shipping => "Sent by",
        };

    /// <summary>What happens next.</summary>
    public static string Next(CustomerView order) =>
        (Why(order) ?? Lifecycle.Of(order.FulfilmentType, order.Status).Next)
            .Replace("{city}", order.Shipping?.City).Replace("{store}", order.StoreName);

    /// <summary>Why the order was cancelled, where that is the customer's to know; else null.</summary>
    private static string? Why(CustomerView order) => order.CancelReason switch
    {
        CancelReason.CustomerAsked => "{store} cancelled it, as you asked.",
        CancelReason.OutOfStock => "We are sorry: {store} has run out of something that you ordered.",
        CancelReason.TooBusy => "We are sorry: {store} has more orders than it can make right now.",
        CancelReason.Closed => "We are sorry: {store} is closed.",
        CancelReason.CannotDeliver when order.FulfilmentType is FulfilmentType.Shipping =>
            "We are sorry: {store} cannot deliver to your address.",
        CancelReason.NotCollected when order.FulfilmentType is FulfilmentType.Pickup && order.ReadyAt is not null =>
            "Nobody came to collect it, so {store} has put it back.",
        _ => null,
    };

    private static DateTimeOffset? At(CustomerView order, Timestamp? timestamp) => timestamp switch
    {
        Timestamp.CreatedAt => order.CreatedAt,
        Timestamp.AcceptedAt => order.AcceptedAt,
        Timestamp.ReadyAt => order.ReadyAt,
        Timestamp.CompletedAt => order.CompletedAt,
        Timestamp.CancelledAt => order.CancelledAt,
        Timestamp.StartedAt or null => null, // the customer's view has no such time
    };
}
