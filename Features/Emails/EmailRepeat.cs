using System.Data.Common;
using StoreFlow.Features.Deliveries;

namespace StoreFlow.Features.Emails;

/// <summary>An e-mail once more, because somebody asks for it.</summary>
internal static class EmailRepeat
{
    /// <summary>
    /// One that did not arrive goes out as it is. One that did is a new message: mail programs hide a second one with the same id, and
    /// the one who asks has lost the first. One that waits is left to wait.
    /// </summary>
    /// <returns>The delivery that is to be sent.</returns>
    public static Delivery Make(DbConnection db, Delivery delivery, DateTimeOffset now)
    {
        if (delivery.Status is DeliveryStatus.Failed)
            delivery.SendAgain(db, now);
        if (delivery.Status is not DeliveryStatus.Sent)
            return Delivery.Find(db, delivery.DestinationId, delivery.Id)!;
        var same = Of(db, delivery);
        if (same.FirstOrDefault(one => one.Status is DeliveryStatus.Waiting) is { } waiting)
            return waiting;
        DeliveryChanges.Make(
            db, delivery.DestinationId, delivery.StoreId, delivery.Sequence, delivery.OrderId, delivery.Event, now,
            about: $"again {same.Count}");
        return Of(db, delivery)[^1];
    }

    private static List<Delivery> Of(DbConnection db, Delivery delivery) =>
        [.. Delivery.OfOrder(db, DestinationKind.Email, delivery.OrderId)
            .Where(one => one.Sequence == delivery.Sequence && one.Event == delivery.Event)];
}
