using System.Text.Json;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>What a shop file has to keep to, said field by field.</summary>
internal static class ShopFileRules
{
    /// <summary>Refuses unknown names. Checked before anything else: a misspelt name is also why another is missing.</summary>
    public static void CheckNames(ShopFile file, Fields fields)
    {
        Check("", file.Unknown);
        Check("merchant.", file.Merchant?.Unknown);
        foreach (var (i, store) in (file.Stores ?? []).Index())
        {
            Check($"stores[{i}].", store?.Unknown);
            foreach (var (j, product) in (store?.Products ?? []).Index())
                Check($"stores[{i}].products[{j}].", product?.Unknown);
            foreach (var (j, method) in (store?.ShippingMethods ?? []).Index())
                Check($"stores[{i}].shipping_methods[{j}].", method?.Unknown);
        }
        foreach (var (i, user) in (file.Users ?? []).Index())
            Check($"users[{i}].", user?.Unknown);

        void Check(string at, Dictionary<string, JsonElement>? unknown)
        {
            foreach (var name in unknown?.Keys ?? Enumerable.Empty<string>())
                fields.Refuse($"{at}{name}", "There is no such field.");
        }
    }

    public static void Check(ShopFile file, Fields fields)
    {
        MerchantRules.Code(fields, "merchant.code", file.Merchant?.Code);
        MerchantRules.Text(fields, "merchant.name", file.Merchant?.Name, 100);
        CheckOnce(fields, "stores", file.Stores, store => store?.Code, "code");
        CheckOnce(fields, "users", file.Users, user => user?.Email?.ToLowerInvariant(), "email");
        foreach (var (i, store) in (file.Stores ?? []).Index())
            CheckStore(fields, $"stores[{i}]", store);
        foreach (var (i, user) in (file.Users ?? []).Index())
            CheckUser(fields, $"users[{i}]", user);
    }

    private static void CheckStore(Fields fields, string at, ShopFile.StoreEntry? store)
    {
        var entry = store ?? new(null, null, null);
        entry.Apply(fields, at, before: null).Check(fields, $"{at}.");
        CheckOnce(fields, $"{at}.products", store?.Products, product => product?.Sku, "sku");
        CheckOnce(fields, $"{at}.shipping_methods", store?.ShippingMethods, method => method?.Code, "code");
        foreach (var (i, product) in (store?.Products ?? []).Index())
            (product ?? new(null, null, null)).Apply(before: null, 0).Check(fields, $"{at}.products[{i}].");
        foreach (var (i, method) in (store?.ShippingMethods ?? []).Index())
            (method ?? new(null, null, null)).Apply(before: null, 0).Check(fields, $"{at}.shipping_methods[{i}].");
    }

    private static void CheckUser(Fields fields, string at, ShopFile.UserEntry? user)
    {
        new Person { Email = user?.Email ?? "", Name = user?.Name ?? "" }.Check(fields, $"{at}.");
        if (fields.Choice($"{at}.role", user?.Role) is Role.Owner && user?.Stores is { Count: > 0 })
            fields.Refuse($"{at}.stores", "An owner works in every store: leave this out.");
        if (user?.Password is { } password)
            MerchantRules.NewPassword(fields, $"{at}.password", password, isDevelopment: true); // DemoShop.RefusePassword knows better
        foreach (var (i, code) in (user?.Stores ?? []).Index())
            MerchantRules.Code(fields, $"{at}.stores[{i}]", code);
    }

    private static void CheckOnce<T>(Fields fields, string at, List<T?>? entries, Func<T?, string?> key, string name)
    {
        var seen = new HashSet<string>();
        foreach (var (i, entry) in (entries ?? []).Index())
            if (key(entry) is { } value && !seen.Add(value))
                fields.Refuse($"{at}[{i}].{name}", $"“{value}” stands in this list twice.");
    }
}
