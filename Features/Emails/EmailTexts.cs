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

    /// <summary>What the placeholders of the messages stand for, as the owner's page explains them.</summary>
    public static IReadOnlyDictionary<string, string> Placeholders { get; } = new Dictionary<string, string>
    {
        ["name"] = "the customer's first name",
        ["customer"] = "the customer's whole name",
        ["reference"] = "what people call the order",
        ["store"] = "the store's name",
        ["items"] = "what was ordered, a line for each",
        ["total"] = "what it costs",
        ["time"] = "the promised time",
        ["promise"] = "a sentence with the promised time",
        ["link"] = "the order's page, or the board for the shop",
        ["code"] = "the code to show at the counter",
        ["address"] = "the store's address",
        ["open"] = "until when the store is open",
        ["phone"] = "the store's phone",
        ["tracking_code"] = "the parcel's code",
        ["tracking_link"] = "where to follow the parcel",
        ["reason"] = "why, where that is the customer's to know",
        ["days"] = "for how many days it has been ready",
    };

    private static readonly string[] OfCustomer = ["name", "reference", "store", "items", "total", "link", "address", "phone"];
    private static readonly string[] OfShop = ["customer", "reference", "store", "items", "total", "link", "time"];

    /// <summary>The placeholders that a message may have.</summary>
    public static IReadOnlyList<string> PlaceholdersOf(EmailKind kind) => kind switch
    {
        EmailKind.OrderReceived or EmailKind.OrderAccepted or EmailKind.PromiseChanged => [.. OfCustomer, "time", "promise", "open"],
        EmailKind.OrderReady => [.. OfCustomer, "code", "open"],
        EmailKind.OrderShipped => [.. OfCustomer, "tracking_code", "tracking_link"],
        EmailKind.OrderHandedOver => OfCustomer,
        EmailKind.OrderCancelled => [.. OfCustomer, "reason"],
        EmailKind.NewOrder => [.. OfShop, "promise"],
        EmailKind.LateOrder => OfShop,
        EmailKind.NotCollected => [.. OfShop, "days"],
    };

    /// <summary>A placeholder that may take several lines, which a subject has no room for.</summary>
    public static bool IsLong(string placeholder) => placeholder is "items" or "address" or "link" or "tracking_link";

    /// <summary>What stands on a link that has a paragraph to itself; null for other placeholders.</summary>
    public static string? ButtonOf(string placeholder, bool isForShop, Language language) => placeholder switch
    {
        "link" => isForShop ? "Open the board" : language["email.see_order"],
        "tracking_link" => language["track.follow"],
        _ => null,
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

    public static EmailContent Test(string store) => EmailContent.Render(
        new(
            "A test of the e-mails of {store}",
            """
            This is a test. If you read it, e-mails of {store} arrive.

            Answers go to the shop's address, where one is set.
            """),
        new Dictionary<string, string> { ["store"] = store }, isForShop: true, Language.English);

    /// <summary>To an owner: a web hook has not worked for a day.</summary>
    public static EmailContent WebhookFails(string url, string since, string? link) => EmailContent.Render(
        new(
            "A web hook has failed for a day",
            """
            Nothing has arrived at {url} since {since}.

            StoreFlow goes on trying: each message for three days. The page “Web hooks” says why it fails. What is not tried yet waits.

            {link}
            """),
        new Dictionary<string, string> { ["url"] = url, ["since"] = since, ["link"] = link ?? "" }, isForShop: true, Language.English);

    /// <summary>To an owner: a web hook was switched off because its receiver wanted nothing more.</summary>
    public static EmailContent WebhookEnded(string url, string? link) => EmailContent.Render(
        new(
            "A web hook was switched off",
            """
            {url} answered 410: it wants nothing more. StoreFlow sends nothing there now.

            What it misses waits. Switched on again on the page “Web hooks”, it gets that, or only what happens from then on.

            {link}
            """),
        new Dictionary<string, string> { ["url"] = url, ["link"] = link ?? "" }, isForShop: true, Language.English);
}
