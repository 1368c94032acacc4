using System.Globalization;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Storefront;

/// <summary>The values of the form, as they were typed.</summary>
/// <param name="Key">The idempotency key of this form: a form that is sent twice places one order.</param>
/// <param name="Values">The fields by name.</param>
public sealed record ShopForm(string Key, IReadOnlyDictionary<string, string> Values)
{
    public static readonly ShopForm Empty = new("", new Dictionary<string, string>());

    public string? Problem { get; init; }
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    public static string NewKey() => $"shop-{Guid.NewGuid():N}";

    public static ShopForm Read(IFormCollection form) =>
        new(form["key"].ToString(), form.ToDictionary(field => field.Key, field => field.Value.ToString()));

    public string this[string name] => Values.GetValueOrDefault(name, "");

    public bool IsShipping => this["fulfilment_type"] == "shipping";

    /// <summary>The lines in the order of the form, without products that were not asked for.</summary>
    public IReadOnlyList<(long ProductId, long? Quantity)> Lines =>
    [
        .. from entry in Values
           where entry.Key.StartsWith("quantity-", StringComparison.Ordinal) && entry.Value.Trim() is not ("" or "0")
           let product = Number(entry.Key["quantity-".Length..])
           where product is not null
           select (product.Value, Number(entry.Value)),
    ];

    public CheckoutBody ToCheckout(long storeId) => new(
        storeId,
        Names.Find<FulfilmentType>(this["fulfilment_type"]),
        [.. Lines.Select(line => new CheckoutBody.Item(line.ProductId, line.Quantity))],
        new(this["customer.name"], this["customer.email"], this["customer.phone"]),
        IsShipping
            ? new(this["shipping.method"], this["shipping.name"] is { Length: > 0 } name ? name : this["customer.name"], new(
                this["shipping.address.line1"],
                this["shipping.address.city"],
                this["shipping.address.postal_code"],
                this["shipping.address.country"],
                this["shipping.address.line2"],
                this["shipping.address.region"]))
            : null,
        this["note"],
        !IsShipping && DateTimeOffset.TryParse(this["pickup_at"], CultureInfo.InvariantCulture, out var wish) ? wish : null);

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
