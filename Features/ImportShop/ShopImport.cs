using System.Data.Common;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary>Writes a shop file into the database, whole or not at all. A second run changes nothing.</summary>
internal static class ShopImport
{
    /// <param name="Changes">How many things were made or changed.</param>
    /// <param name="Stores">The stores of the file.</param>
    public sealed record Result(int Changes, IReadOnlyList<(long Id, string Name)> Stores);

    /// <param name="db">The connection, in a transaction.</param>
    /// <param name="file">The shop.</param>
    /// <param name="passwordHashes">The hashes of new passwords, by e-mail address as the file has it.</param>
    /// <param name="now">The time of the import.</param>
    /// <exception cref="ShopFileException">
    /// The file names what does not exist, what belongs to another merchant, or what cannot change any more.
    /// </exception>
    public static Result Run(DbConnection db, ShopFile file, IReadOnlyDictionary<string, string> passwordHashes, DateTimeOffset now)
    {
        var fields = new Fields();
        var changes = db.Execute(MerchantSql, new { file.Merchant!.Code, file.Merchant.Name, now });
        var merchantId = db.QuerySingle<long>("SELECT id FROM merchants WHERE code = @Code", new { file.Merchant.Code });

        var stores = new List<(long, string)>();
        foreach (var (i, store) in (file.Stores ?? []).Index())
        {
            var ordered = db.QuerySingleOrDefault<string>(CurrencyOfOrdersSql, new { merchantId, store!.Code });
            if (ordered is not null && ordered != store.Currency)
                fields.Refuse($"stores[{i}].currency", $"This store has orders in {ordered}, so its currency cannot change.");
            changes += db.Execute(StoreSql, new { merchantId, store.Code, store.Name, store.Currency, now });
            var storeId = db.QuerySingle<long>(StoreIdSql, new { merchantId, store.Code });
            changes += ImportSettings(db, storeId, store);
            stores.Add((storeId, store.Name!));
            foreach (var product in store.Products ?? [])
                changes += db.Execute(ProductSql, new { storeId, product!.Sku, product.Name, product.Price, product.OnSale, now });
            foreach (var method in store.ShippingMethods ?? [])
                changes += db.Execute(
                    MethodSql,
                    new
                    {
                        storeId,
                        method!.Code,
                        method.Name,
                        method.Price,
                        method.TrackingUrlTemplate,
                        method.Active,
                        method.OwnCourier,
                        now,
                    });
        }

        foreach (var (i, user) in (file.Users ?? []).Index())
        {
            changes += ImportUser(db, fields, $"users[{i}]", user!, merchantId, now);
            if (passwordHashes.TryGetValue(user!.Email!, out var hash))
                changes += db.Execute(PasswordSql, new { merchantId, user.Email, hash });
        }

        return fields.Errors.Count == 0 ? new(changes, stores) : throw file.Lines.ToException(fields);
    }

    private static int ImportSettings(DbConnection db, long storeId, ShopFile.StoreEntry store) => db.Execute(SettingsSql, new
    {
        storeId,
        store.TimeZone,
        OpeningHours = store.OpeningHours is { } hours ? OpeningHours.Store(hours) : null,
        store.PreparationMinutes,
        DispatchCutoff = store.DispatchCutoff is { } cutoff ? OpeningHours.MinutesOf(cutoff) : null,
        DispatchDays = store.DispatchDays is { } days ? string.Join(',', days.Distinct()) : null,
        store.AsksForCode,
        store.NotCollectedDays,
        store.Address,
        store.Phone,
    });

    private static int ImportUser(DbConnection db, Fields fields, string at, ShopFile.UserEntry user, long merchantId, DateTimeOffset now)
    {
        var changes = db.Execute(UserSql, new { merchantId, user.Email, user.Name, user.Role, user.Active, now });
        if (db.QuerySingleOrDefault<long?>(UserIdSql, new { merchantId, user.Email }) is not { } userId)
        {
            fields.Refuse($"{at}.email", "This e-mail address belongs to another merchant's user.");
            return changes;
        }
        if (!user.Active)
            Sessions.EndAll(db, userId);
        var stores = new List<long>();
        foreach (var (i, code) in (user.Stores ?? []).Index())
        {
            if (db.QuerySingleOrDefault<long?>(StoreIdSql, new { merchantId, Code = code }) is { } storeId)
                stores.Add(storeId);
            else
                fields.Refuse($"{at}.stores[{i}]", $"The merchant has no store “{code}”.");
        }
        var wanted = $"[{string.Join(',', stores)}]";
        return changes
            + db.Execute(
                "DELETE FROM store_assignments WHERE user_id = @userId AND store_id NOT IN (SELECT value FROM json_each(@wanted))",
                new { userId, wanted })
            + db.Execute(
                "INSERT OR IGNORE INTO store_assignments (user_id, store_id) SELECT @userId, value FROM json_each(@wanted)",
                new { userId, wanted });
    }

    private const string StoreIdSql = "SELECT id FROM stores WHERE merchant_id = @merchantId AND code = @Code";

    private const string CurrencyOfOrdersSql = """
        SELECT currency
          FROM stores
         WHERE merchant_id = @merchantId AND code = @Code
           AND EXISTS (SELECT 1 FROM orders WHERE orders.store_id = stores.id)
        """;

    private const string UserIdSql = "SELECT id FROM users WHERE merchant_id = @merchantId AND email = @Email";

    private const string PasswordSql = "UPDATE users SET password_hash = @hash WHERE merchant_id = @merchantId AND email = @Email";

    private const string MerchantSql = """
        INSERT INTO merchants (code, name, created_at)
        VALUES (@Code, @Name, @now)
        ON CONFLICT (code) DO UPDATE SET name = excluded.name
         WHERE name IS NOT excluded.name
        """;

    private const string StoreSql = """
        INSERT INTO stores (merchant_id, code, name, currency, created_at)
        VALUES (@merchantId, @Code, @Name, @Currency, @now)
        ON CONFLICT (merchant_id, code) DO UPDATE SET name = excluded.name, currency = excluded.currency
         WHERE (name, currency) IS NOT (excluded.name, excluded.currency)
        """;

    // What the file leaves out stays.
    private const string SettingsSql = """
        UPDATE stores
           SET time_zone = COALESCE(@TimeZone, time_zone),
               opening_hours = COALESCE(@OpeningHours, opening_hours),
               preparation_minutes = COALESCE(@PreparationMinutes, preparation_minutes),
               dispatch_cutoff = COALESCE(@DispatchCutoff, dispatch_cutoff),
               dispatch_days = COALESCE(@DispatchDays, dispatch_days),
               asks_for_code = COALESCE(@AsksForCode, asks_for_code),
               not_collected_days = COALESCE(@NotCollectedDays, not_collected_days),
               address = COALESCE(@Address, address),
               phone = COALESCE(@Phone, phone)
         WHERE id = @storeId
           AND (time_zone, opening_hours, preparation_minutes, dispatch_cutoff, dispatch_days, asks_for_code, not_collected_days,
                address, phone)
               IS NOT (COALESCE(@TimeZone, time_zone), COALESCE(@OpeningHours, opening_hours),
                       COALESCE(@PreparationMinutes, preparation_minutes), COALESCE(@DispatchCutoff, dispatch_cutoff),
                       COALESCE(@DispatchDays, dispatch_days), COALESCE(@AsksForCode, asks_for_code),
                       COALESCE(@NotCollectedDays, not_collected_days), COALESCE(@Address, address), COALESCE(@Phone, phone))
        """;

    private const string ProductSql = """
        INSERT INTO products (store_id, sku, name, price, on_sale, created_at)
        VALUES (@storeId, @Sku, @Name, @Price, @OnSale, @now)
        ON CONFLICT (store_id, sku) DO UPDATE SET name = excluded.name, price = excluded.price, on_sale = excluded.on_sale, back_at = NULL
         WHERE (name, price, on_sale, back_at) IS NOT (excluded.name, excluded.price, excluded.on_sale, NULL)
        """;

    private const string MethodSql = """
        INSERT INTO shipping_methods (store_id, code, name, price, tracking_url_template, active, own_courier, created_at)
        VALUES (@storeId, @Code, @Name, @Price, @TrackingUrlTemplate, @Active, @OwnCourier, @now)
        ON CONFLICT (store_id, code) DO UPDATE
           SET name = excluded.name, price = excluded.price,
               tracking_url_template = excluded.tracking_url_template, active = excluded.active,
               own_courier = excluded.own_courier
         WHERE (name, price, tracking_url_template, active, own_courier)
               IS NOT (excluded.name, excluded.price, excluded.tracking_url_template, excluded.active, excluded.own_courier)
        """;

    private const string UserSql = """
        INSERT INTO users (merchant_id, email, name, role, active, created_at)
        VALUES (@merchantId, @Email, @Name, @Role, @Active, @now)
        ON CONFLICT (email) DO UPDATE SET name = excluded.name, role = excluded.role, active = excluded.active
         WHERE merchant_id = excluded.merchant_id
           AND (name, role, active) IS NOT (excluded.name, excluded.role, excluded.active)
        """;
}
