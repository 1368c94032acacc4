using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>The words of the e-mails that an owner has not worded anew; those to customers stand with their languages.</summary>
internal static class EmailTexts
{
    /// <summary>What a message is called on the staff's pages.</summary>
    public static string NameOf(EmailKind kind) => kind switch
    {
        EmailKind.OrderReceived => "Order received",
        EmailKind.OrderAccepted => "Order accepted",
        EmailKind.OrderReady => "Ready to collect",
        EmailKind.OrderShipped => "Order shipped",
        EmailKind.OrderHandedOver => "Collected or delivered",
        EmailKind.OrderCancelled => "Order cancelled",
        EmailKind.PromiseChanged => "Time changed by more than ten minutes",
        EmailKind.NewOrder => "New order",
        EmailKind.LateOrder => "Order is late",
        EmailKind.NotCollected => "Order was not collected",
    };

    /// <summary>
    /// Subject and text with placeholders, to a customer in a language of theirs, to the shop in English. A line in which a placeholder
    /// has nothing to say is left out.
    /// </summary>
    public static Wording Of(EmailKind kind, Language language) => kind switch
    {
        EmailKind.NewOrder => new(
            "New order {reference}: {total}",
            """
            {customer} has placed order {reference} at {store}.

            {items}
            Total: {total}

            {promise}

            {link}
            """),
        EmailKind.LateOrder => new(
            "Order {reference} is late",
            """
            Order {reference} of {customer} at {store} was promised for {time} and is not done yet.

            Tell the customer a new time, or finish it now.

            {link}
            """),
        EmailKind.NotCollected => new(
            "Order {reference} was not collected",
            """
            Order {reference} of {customer} has been ready at {store} for {days} days, and nobody has collected it.

            {link}
            """),
        _ => new(language[$"email.{Names.Of(kind)}_subject"], language[$"email.{Names.Of(kind)}_text"]),
    };

    public static string Promise(FulfilmentType type, string time, Language language) =>
        language.Text(type is FulfilmentType.Pickup ? "email.promise_pickup" : "email.promise_shipping", time);

    public static string Shipping(string city, string cost, Language language) => $"{language.Text("track.shipping_to", city)}: {cost}";

    /// <summary>Why an order was cancelled, in words for its customer; the same for every reason that is not theirs to know.</summary>
    public static string Reason(CancelReason? reason, Order order, string store, Language language)
    {
        var isTold = reason switch
        {
            null => false,
            CancelReason.CannotDeliver => order.FulfilmentType is FulfilmentType.Shipping,
            CancelReason.NotCollected => order.FulfilmentType is FulfilmentType.Pickup,
            { } why => CustomerView.IsTheirsToKnow(why),
        };
        var sentence = isTold ? language[$"cancel.{Names.Of(reason!.Value)}"] : language.NextOf(
            Lifecycle.Stages.First(stage => stage.IsCancelled && stage.Type == order.FulfilmentType));
        return sentence.Replace("{store}", store, StringComparison.Ordinal);
    }

    /// <summary>The small print under a message.</summary>
    public static string Footer(bool isForShop, string store, Language language) => isForShop
        ? "StoreFlow tells the shop. The owner chooses on the page “E-mails” what it tells."
        : language.Text("email.footer", store);
}
