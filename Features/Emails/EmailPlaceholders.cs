using StoreFlow.Features.Languages;

namespace StoreFlow.Features.Emails;

/// <summary>The places in the words of an e-mail that each order fills anew, such as <c>{name}</c>.</summary>
internal static class EmailPlaceholders
{
    /// <summary>What they stand for, as the owner's page explains them.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
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

    /// <summary>Those that a message may have.</summary>
    public static IReadOnlyList<string> Of(EmailKind kind) => kind switch
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

    /// <summary>Whether it may take several lines, which a subject has no room for.</summary>
    public static bool IsLong(string placeholder) => placeholder is "items" or "address" or "link" or "tracking_link";

    /// <summary>What stands on a link that has a paragraph to itself; null for others.</summary>
    public static string? ButtonOf(string placeholder, bool isForShop, Language language) => placeholder switch
    {
        "link" => isForShop ? "Open the board" : language["email.see_order"],
        "tracking_link" => language["track.follow"],
        _ => null,
    };
}
