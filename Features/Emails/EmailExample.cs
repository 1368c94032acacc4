using System.Data.Common;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>An order that nobody placed, for the preview of a store's words.</summary>
internal static class EmailExample
{
    private const string PublicId = "7KQ2M4XT9BWCJ5H8RZ3NVP6YDG";

    /// <summary>How an e-mail of a store would read.</summary>
    public static EmailContent Render(
        DbConnection db, Settings settings, TimeProvider clock, long storeId, string currency, EmailKind kind, Wording wording)
    {
        var language = kind.IsForShop() ? Language.English : OrderLanguage.OfStore(db, storeId);
        var store = db.QuerySingle<EmailFacts.StoreRow>(
            $"SELECT name, address, phone, {StoreSchedule.Columns} FROM stores WHERE id = @storeId", new { storeId });
        var schedule = store.ToSchedule(clock.LocalTimeZone);
        var now = clock.Now();
        var type = kind is EmailKind.OrderShipped ? FulfilmentType.Shipping : FulfilmentType.Pickup;
        var order = new Order
        {
            PublicId = PublicId,
            FulfilmentType = type,
            Currency = currency,
            Subtotal = 1450,
            Total = 1450,
            CustomerName = "Ada Lovelace",
            CustomerEmail = "ada@example.org",
            City = "London",
            PickupCode = type is FulfilmentType.Pickup ? "4711" : null,
        };
        OrderItem[] items =
        [
            new() { Sku = "a", Name = "Sourdough loaf", UnitPrice = 480, Quantity = 2 },
            new() { Sku = "b", Name = "Apple cake", UnitPrice = 490, Quantity = 1 },
        ];
        var values = EmailFacts.ValuesOf(order, items, store, schedule, now, kind, language, new()
        {
            Promise = schedule.Promise(type, now) ?? now.AddMinutes(20),
            TrackingCode = "RR123456789DE",
            TrackingUrl = "https://carrier.example/t/RR123456789DE",
            Reason = CancelReason.OutOfStock,
            Link = settings.LinkTo(kind.IsForShop() ? "/dashboard" : $"/track/{PublicId}"),
            Days = 5,
        });
        return EmailContent.Render(wording, values, kind.IsForShop(), language);
    }
}
