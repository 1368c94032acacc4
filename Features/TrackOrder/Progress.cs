using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

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
    public static IReadOnlyList<Step> Steps(CustomerView order, Language language)
    {
        var now = Lifecycle.Of(order.FulfilmentType, order.Status);
        return [.. Lifecycle.Of(order.FulfilmentType)
            .Where(stage => now.IsCancelled ? At(order, stage.Sets) is not null : !stage.IsCancelled)
            .Select(stage => new Step(
                language.NameOf(stage), stage.Rank <= now.Rank ? At(order, stage.Sets) : null, stage.Rank <= now.Rank, stage == now))];
    }

    public static string Headline(CustomerView order, Language language) =>
        language.HeadlineOf(Lifecycle.Of(order.FulfilmentType, order.Status));

    /// <summary>What the shop promises, before the time; null where nothing is promised, or it is ready or sent already.</summary>
    public static string? Promise(CustomerView order, Language language) =>
        order.PromisedAt is null || !Lifecycle.Of(order.FulfilmentType, order.Status).IsDue ? null : order.FulfilmentType switch
        {
            FulfilmentType.Pickup => language["track.promise_ready"],
            FulfilmentType.Shipping => language["track.promise_sent"],
        };

    /// <summary>What happens next; <c>{store}</c> and <c>{city}</c> stand for their names.</summary>
    public static string Next(CustomerView order, Language language) =>
        Why(order) is { } reason
            ? language[$"cancel.{Names.Of(reason)}"]
            : language.NextOf(Lifecycle.Of(order.FulfilmentType, order.Status));

    /// <summary>Why the order was cancelled, where that is the customer's to know and can be; else null.</summary>
    private static CancelReason? Why(CustomerView order) => order.CancelReason switch
    {
        CancelReason.CannotDeliver when order.FulfilmentType is not FulfilmentType.Shipping => null,
        CancelReason.NotCollected when order.FulfilmentType is not FulfilmentType.Pickup || order.ReadyAt is null => null,
        CancelReason.Duplicate or CancelReason.SuspectedFraud or CancelReason.Other => null,
        var reason => reason,
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
