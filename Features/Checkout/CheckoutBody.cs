using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>What a storefront sends. A price in it is ignored: the store's catalogue has the prices.</summary>
/// <param name="StoreId">The store that is ordered from.</param>
/// <param name="FulfilmentType">Whether the customer collects the order or has it sent.</param>
/// <param name="Items">1 to 100 lines.</param>
/// <param name="Customer">Who orders.</param>
/// <param name="Shipping">How and where to send it; for shipping only.</param>
/// <param name="Note">A word to the shop, up to 500 characters; optional.</param>
/// <param name="PickupAt">
/// When the customer wishes to collect it: while the store is open, not before it can be ready, up to 7 days ahead; for pickup only.
/// </param>
/// <param name="Language">
/// The customer's, as in de: one that the store speaks. Left out, the request's Accept-Language decides, else it is the store's own.
/// </param>
public sealed record CheckoutBody(
    long? StoreId,
    FulfilmentType? FulfilmentType,
    IReadOnlyList<CheckoutBody.Item?>? Items,
    CheckoutBody.Person? Customer,
    CheckoutBody.Delivery? Shipping = null,
    string? Note = null,
    DateTimeOffset? PickupAt = null,
    string? Language = null)
{
    /// <param name="ProductId">A product on sale in the store.</param>
    /// <param name="Quantity">1 to 999.</param>
    public sealed record Item(long? ProductId, long? Quantity);

    /// <param name="Name">Up to 100 characters.</param>
    /// <param name="Email">Where the shop can write to.</param>
    /// <param name="Phone">Optional.</param>
    public sealed record Person(string? Name, string? Email, string? Phone = null);

    /// <param name="Method">The code of one of the store's shipping methods.</param>
    /// <param name="Name">Who takes the parcel.</param>
    /// <param name="Address">Where to.</param>
    public sealed record Delivery(string? Method, string? Name, PostalAddress? Address);

    /// <param name="Line1">Street and number.</param>
    /// <param name="City">Town or city.</param>
    /// <param name="PostalCode">Postal code.</param>
    /// <param name="Country">Two letters, ISO 3166-1.</param>
    /// <param name="Line2">Optional.</param>
    /// <param name="Region">State or province; optional.</param>
    public sealed record PostalAddress(
        string? Line1, string? City, string? PostalCode, string? Country, string? Line2 = null, string? Region = null);

    /// <summary>Checks everything that can be checked without the store's catalogue.</summary>
    /// <param name="body">What was sent.</param>
    /// <param name="fields">Gets what is wrong.</param>
    /// <param name="spoken">The order's language, and the one of refusals.</param>
    /// <param name="source">Who sends it.</param>
    internal static Basket Read(CheckoutBody body, Fields fields, Spoken spoken, OrderSource source = OrderSource.Web)
    {
        var type = fields.Choice("fulfilment_type", body.FulfilmentType);
        return new Basket
        {
            StoreId = fields.Number("store_id", body.StoreId, 1, long.MaxValue),
            FulfilmentType = type,
            Items = ReadItems(fields, body.Items),
            CustomerName = fields.Text("customer.name", body.Customer?.Name, 100),
            CustomerEmail = source is OrderSource.Counter && string.IsNullOrWhiteSpace(body.Customer?.Email)
                ? ""
                : fields.Email("customer.email", body.Customer?.Email),
            CustomerPhone = fields.OptionalText("customer.phone", body.Customer?.Phone, 40),
            Shipping = ReadShipping(fields, type, body.Shipping),
            Note = fields.OptionalText("note", body.Note, 500, lines: true),
            Source = source,
            Spoken = spoken,
            PickupAt = ReadWish(fields, type, body.PickupAt),
        };
    }

    private static DateTimeOffset? ReadWish(Fields fields, FulfilmentType type, DateTimeOffset? wish)
    {
        if (wish is not null && type is not Orders.FulfilmentType.Pickup)
            fields.Tell("pickup_at", CheckoutSentences.NotCollected);
        return wish is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()) : null; // as the database keeps it
    }

    private static List<Basket.Line> ReadItems(Fields fields, IReadOnlyList<Item?>? items)
    {
        if (items is not { Count: >= 1 and <= 100 })
        {
            fields.Tell("items", CheckoutSentences.Items);
            return [];
        }
        return [.. items.Select((item, i) => new Basket.Line(
            fields.Number($"items[{i}].product_id", item?.ProductId, 1, long.MaxValue),
            fields.Number($"items[{i}].quantity", item?.Quantity, 1, 999)))];
    }

    private static Basket.Delivery? ReadShipping(Fields fields, FulfilmentType type, Delivery? shipping)
    {
        if (type is Orders.FulfilmentType.Pickup)
        {
            if (shipping is not null)
                fields.Tell("shipping", CheckoutSentences.NotSent);
            return null;
        }
        if (shipping is null)
        {
            fields.Tell("shipping", CheckoutSentences.ShippingNeeded);
            return null;
        }
        var address = shipping.Address;
        var country = fields.Text("shipping.address.country", address?.Country, 2, 2).ToUpperInvariant();
        if (!country.All(char.IsAsciiLetterUpper))
            fields.Tell("shipping.address.country", CheckoutSentences.Country);
        return new(
            fields.Text("shipping.method", shipping.Method, 64),
            fields.Text("shipping.name", shipping.Name, 100),
            fields.Text("shipping.address.line1", address?.Line1, 200),
            fields.OptionalText("shipping.address.line2", address?.Line2, 200),
            fields.Text("shipping.address.city", address?.City, 100),
            fields.OptionalText("shipping.address.region", address?.Region, 100),
            fields.Text("shipping.address.postal_code", address?.PostalCode, 20),
            country);
    }
}
