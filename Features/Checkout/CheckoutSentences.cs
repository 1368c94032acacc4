namespace StoreFlow.Features.Checkout;

/// <summary>Why a checkout is refused, in English; <see cref="Languages.Language.Translate"/> says it in the customer's language.</summary>
internal static class CheckoutSentences
{
    public const string Items = "Choose at least one product; an order has up to 100 lines.";
    public const string NotCollected = "An order that is sent is not collected: leave this out.";
    public const string NotSent = "An order for pickup is not sent anywhere: leave this out.";
    public const string ShippingNeeded = "An order for shipping needs a method, a name and an address.";
    public const string Country = "This has to be two letters, as in DE or US.";
    public const string NoStore = "There is no such store.";
    public const string NoMethod = "This store has no such shipping method.";
    public const string NoProduct = "This store does not sell that product.";
    public const string NoLanguage = "This store speaks: {0}.";
    public const string Inactive = "This store takes no orders any more.";
    public const string Paused = "The store takes no new orders until {0}.";
    public const string OpensAgain = "It opens again: {0}.";
    public const string NotReady = "The order cannot be ready by then.";
    public const string TooFar = "A pickup can be wished up to 7 days ahead.";
    public const string ClosedThen = "The store is closed at that time.";
    public const string Nearest = "The nearest possible time is {0} ({1}).";
    public const string NoOpening = "The store does not open within two months.";
}
