using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>The e-mails of one order, for the staff who have it before them.</summary>
internal static class OrderEmails
{
    /// <param name="Active">Whether the store sends e-mails now.</param>
    /// <param name="Emails">What was sent, waits or was not sent, oldest first.</param>
    public sealed record View(bool Active, IReadOnlyList<EmailDeliveriesModule.View> Emails);

    public static View Find(Database database, long storeId, long orderId) => database.Read(db => new View(
        StoreEmails.Find(db, storeId) is { } emails && Destination.Find(db, emails.DestinationId) is { Active: true },
        [
            .. Delivery.OfOrder(db, DestinationKind.Email, orderId).Where(delivery => delivery.StoreId == storeId)
                .Select(delivery => EmailDeliveriesModule.ViewOf(db, delivery)),
        ]));

    /// <summary>Sends one again, for staff who work in the order's store.</summary>
    public static Task<Outcome<EmailDeliveriesModule.View>> SendAgainAsync(
        Database database, TimeProvider clock, Actor actor, long orderId, long deliveryId) =>
        database.WriteAsync<Outcome<EmailDeliveriesModule.View>>(db =>
        {
            if (Order.Find(db, orderId, actor) is not { } order || StoreEmails.Find(db, order.StoreId) is not { } emails
                || Delivery.Find(db, emails.DestinationId, deliveryId) is not { } delivery || delivery.OrderId != orderId)
                return Refusal.NotFound;
            if (Destination.Find(db, emails.DestinationId) is not { Active: true })
                return Lifecycle.NotAllowed("The owner has switched the e-mails of this store off, so it is not sent again.");
            return EmailDeliveriesModule.ViewOf(db, EmailRepeat.Make(db, delivery, clock.Now()));
        });
}
