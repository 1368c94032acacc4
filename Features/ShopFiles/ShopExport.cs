using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>
/// The file that would make a merchant again: settings, products, methods and people, without passwords, PINs and tokens. What
/// is as it is with a new one is left out, so that an old file does not put a product back on sale.
/// </summary>
internal static class ShopExport
{
    /// <summary>The codes and numbers of all merchants.</summary>
    public static IReadOnlyList<(long Id, string Code)> Merchants(DbConnection db) =>
        db.Query<(long, string)>("SELECT id, code FROM merchants ORDER BY id").AsList();

    public static ShopFile Of(DbConnection db, long merchantId)
    {
        var (code, name) = db.QuerySingle<(string, string)>("SELECT code, name FROM merchants WHERE id = @merchantId", new { merchantId });
        var stores = Store.OfMerchant(db, merchantId);
        var codes = stores.ToDictionary(store => store.Id, store => store.Code);
        return new ShopFile
        {
            Merchant = new(code, name),
            Stores = [.. stores.Select(store => EntryOf(db, store))],
            Users = [.. Person.OfMerchant(db, merchantId).Select(person => EntryOf(person, codes))],
        };
    }

    private static ShopFile.StoreEntry EntryOf(DbConnection db, Store store) => new(
        store.Code,
        store.Name,
        store.Currency,
        store.Active ? null : false,
        store.TimeZone,
        store.Address,
        store.Phone,
        store.OpeningHours is { } hours ? JsonSerializer.Deserialize<Dictionary<string, List<string?>?>>(hours, Json.Stored) : null,
        store.PreparationMinutes,
        OpeningHours.TimeOf(store.DispatchCutoff),
        [.. store.DispatchDays.Split(',')],
        store.AsksForCode,
        store.NotCollectedDays,
        store.LockMinutes,
        [.. store.Languages.Split(',')],
        [.. Product.Of(db, store.Id).Select(EntryOf)],
        [.. ShippingMethod.Of(db, store.Id).Select(EntryOf)]);

    private static ShopFile.ProductEntry EntryOf(Product product) => new(
        product.Sku,
        product.Name,
        product.Price,
        product.Category,
        product.OnSale || product.BackAt is not null ? null : false,
        product.SortOrder == 0 ? null : product.SortOrder);

    private static ShopFile.MethodEntry EntryOf(ShippingMethod method) => new(
        method.Code,
        method.Name,
        method.Price,
        method.TrackingUrlTemplate,
        method.Active ? null : false,
        method.OwnCourier ? true : null);

    private static ShopFile.UserEntry EntryOf(Person person, Dictionary<long, string> codes) => new(
        person.Email,
        person.Name,
        person.Role,
        person.Role is Role.Owner ? null : [.. person.StoreIds.Select(store => codes[store])],
        Password: null,
        person.Active ? null : false);
}
