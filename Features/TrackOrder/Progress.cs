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

    /// <summary>The steps of this fulfilment type, with the times that are known.</summary>
    public static IReadOnlyList<Step> Steps(CustomerView order)
    {
        var now = Lifecycle.Of(order.FulfilmentType, order.Status);
        return [.. Lifecycle.Of(order.FulfilmentType).Select(stage =>
            new Step(stage.Name, stage.Rank <= now.Rank ? At(order, stage.Sets) : null, stage.Rank <= now.Rank, stage == now))];
    }

    public static string Headline(CustomerView order) => Lifecycle.Of(order.FulfilmentType, order.Status).Headline;

    /// <summary>What happens next.</summary>
    public static string Next(CustomerView order) =>
        Lifecycle.Of(order.FulfilmentType, order.Status).Next.Replace("{city}", order.Shipping?.City).Replace("{store}", order.StoreName);

    private static DateTimeOffset? At(CustomerView order, Timestamp? timestamp) => timestamp switch
    {
        Timestamp.CreatedAt => order.CreatedAt,
        Timestamp.AcceptedAt => order.AcceptedAt,
        Timestamp.ReadyAt => order.ReadyAt,
        Timestamp.CompletedAt => order.CompletedAt,
        null => null,
    };
}
