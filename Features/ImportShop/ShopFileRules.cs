using System.Text.Json;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary>What a shop file has to keep to, said field by field.</summary>
internal static class ShopFileRules
{
    private const long HighestPrice = 1_000_000_000; // minor units; 100 lines of 999 pieces still fit into a total

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
        CheckCode(fields, "merchant.code", file.Merchant?.Code);
        CheckText(fields, "merchant.name", file.Merchant?.Name, 100);
        CheckOnce(fields, "stores", file.Stores, store => store?.Code, "code");
        CheckOnce(fields, "users", file.Users, user => user?.Email?.ToLowerInvariant(), "email");
        foreach (var (i, store) in (file.Stores ?? []).Index())
            CheckStore(fields, $"stores[{i}]", store);
        foreach (var (i, user) in (file.Users ?? []).Index())
            CheckUser(fields, $"users[{i}]", user);
    }

    private static void CheckStore(Fields fields, string at, ShopFile.StoreEntry? store)
    {
        CheckCode(fields, $"{at}.code", store?.Code);
        CheckText(fields, $"{at}.name", store?.Name, 100);
        if (!Currencies.Has(store?.Currency))
            fields.Refuse($"{at}.currency", "This has to be the ISO 4217 code of a currency that people pay in, as in EUR or USD.");
        CheckSchedule(fields, at, store);
        CheckCounter(fields, at, store);
        CheckOnce(fields, $"{at}.products", store?.Products, product => product?.Sku, "sku");
        CheckOnce(fields, $"{at}.shipping_methods", store?.ShippingMethods, method => method?.Code, "code");
        foreach (var (i, product) in (store?.Products ?? []).Index())
        {
            CheckText(fields, $"{at}.products[{i}].sku", product?.Sku, 64);
            CheckText(fields, $"{at}.products[{i}].name", product?.Name, 200);
            CheckPrice(fields, $"{at}.products[{i}].price", product?.Price);
        }
        foreach (var (i, method) in (store?.ShippingMethods ?? []).Index())
        {
            CheckCode(fields, $"{at}.shipping_methods[{i}].code", method?.Code);
            CheckText(fields, $"{at}.shipping_methods[{i}].name", method?.Name, 100);
            CheckPrice(fields, $"{at}.shipping_methods[{i}].price", method?.Price);
            if (method?.TrackingUrlTemplate is { } template
                && !(template.Contains("{code}") && Tracking.IsWebAddress(template.Replace("{code}", "X"))))
                fields.Refuse($"{at}.shipping_methods[{i}].tracking_url_template",
                    "This has to be a web address with {code} in it, as in https://carrier.example/t/{code}.");
        }
    }

    private static void CheckSchedule(Fields fields, string at, ShopFile.StoreEntry? store)
    {
        if (store?.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            fields.Refuse($"{at}.time_zone", "This has to be the name of a time zone, as in Europe/Berlin.");
        if (store?.OpeningHours is { } hours)
            OpeningHours.Check(fields, $"{at}.opening_hours", hours);
        if (store?.PreparationMinutes is { } minutes)
            fields.Number($"{at}.preparation_minutes", minutes, 0, 7 * 24 * 60);
        if (store?.DispatchCutoff is { } cutoff && OpeningHours.MinutesOf(cutoff) is null)
            fields.Refuse($"{at}.dispatch_cutoff", "This has to be a time of day, as in 14:00.");
        if (store?.DispatchDays is { } days && (days.Count == 0 || !days.All(day => OpeningHours.Weekdays.Contains(day))))
            fields.Refuse($"{at}.dispatch_days", $"This has to be one or more of {string.Join(", ", OpeningHours.Weekdays)}.");
    }

    private static void CheckCounter(Fields fields, string at, ShopFile.StoreEntry? store)
    {
        if (store?.NotCollectedDays is { } days)
            fields.Number($"{at}.not_collected_days", days, 1, 365);
        if (store?.Address is { } address)
            fields.Text($"{at}.address", address, 300, lines: true);
        if (store?.Phone is { } phone)
            fields.Text($"{at}.phone", phone, 40);
    }

    private static void CheckUser(Fields fields, string at, ShopFile.UserEntry? user)
    {
        if (fields.Email($"{at}.email", user?.Email) != user?.Email)
            fields.Refuse($"{at}.email", Blanks);
        CheckText(fields, $"{at}.name", user?.Name, 100);
        if (fields.Choice($"{at}.role", user?.Role) is Role.Owner && user?.Stores is { Count: > 0 })
            fields.Refuse($"{at}.stores", "An owner works in every store: leave this out.");
        if (user?.Password is { } password && password.Length is < 10 or > 200)
            fields.Refuse($"{at}.password", "A password has 10 to 200 characters.");
        foreach (var (i, code) in (user?.Stores ?? []).Index())
            CheckCode(fields, $"{at}.stores[{i}]", code);
    }

    private const string Blanks = "Take the blanks at the beginning or the end away.";

    private static void CheckText(Fields fields, string at, string? text, int longest)
    {
        if (fields.Text(at, text, longest) != text)
            fields.Refuse(at, Blanks);
    }

    private static void CheckPrice(Fields fields, string at, long? price)
    {
        if (price is not (>= 0 and <= HighestPrice))
            fields.Refuse(at, $"This has to be a whole number from 0 to {HighestPrice}, in minor units of the currency.");
    }

    private static void CheckCode(Fields fields, string at, string? code)
    {
        if (code is not { Length: > 0 and <= 40 } || !code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            fields.Refuse(at, "This has to be 1 to 40 of a-z, 0-9, - and _.");
    }

    private static void CheckOnce<T>(Fields fields, string at, List<T?>? entries, Func<T?, string?> key, string name)
    {
        var seen = new HashSet<string>();
        foreach (var (i, entry) in (entries ?? []).Index())
            if (key(entry) is { } value && !seen.Add(value))
                fields.Refuse($"{at}[{i}].{name}", $"“{value}” stands in this list twice.");
    }
}
