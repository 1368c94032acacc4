using System.Globalization;
using System.Text.Json;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>The words of the pages of managing.</summary>
internal static class Words
{
    /// <summary>"price: €4.80 → €4.90".</summary>
    /// <param name="change">What differs.</param>
    /// <param name="currency">The store's; null where the thing belongs to none.</param>
    /// <param name="stores">The names of the merchant's stores, where a change can be about them.</param>
    public static string Change(FieldChange change, string? currency, IReadOnlyDictionary<long, string>? stores = null) =>
        $"{(change.Field == "store_ids" ? "works in" : change.Field.Replace('_', ' '))}: "
        + $"{Shown(change.Field, change.Before, currency, stores)} → {Shown(change.Field, change.After, currency, stores)}";

    private static string Shown(string field, string? value, string? currency, IReadOnlyDictionary<long, string>? stores) => value switch
    {
        null => "nothing",
        "true" => "yes",
        "false" => "no",
        _ when field == "price" && currency is not null => Money.Format(long.Parse(value, CultureInfo.InvariantCulture), currency),
        _ when field == "opening_hours" => Hours(value),
        _ when field == "store_ids" && stores is not null => string.Join(", ", value.Split(", ").Select(id =>
            stores.GetValueOrDefault(long.Parse(id, CultureInfo.InvariantCulture), id))),
        _ => value,
    };

    // "mon 08:00-18:00, tue closed"
    private static string Hours(string stored) => string.Join(", ",
        JsonSerializer.Deserialize<Dictionary<string, List<string>>>(stored, Json.Stored)!
            .Select(day => $"{day.Key} {(day.Value.Count == 0 ? "closed" : string.Join(" and ", day.Value))}"));

    /// <summary>What happened, as the log tells it.</summary>
    public static string Deed(LogAction action) => action switch
    {
        LogAction.Created => "made",
        LogAction.Changed => "changed",
        LogAction.LinkMade => "made a one-time link for",
        LogAction.PasswordSet => "set the password of",
        LogAction.PinSet => "set the PIN of",
        LogAction.Revoked => "took back",
        LogAction.SwitchedOff => "switched off",
    };

    /// <summary>What it happened to.</summary>
    public static string Thing(SubjectKind kind) => kind switch
    {
        SubjectKind.Merchant => "the shop",
        SubjectKind.Store => "the store",
        SubjectKind.Product => "the product",
        SubjectKind.ShippingMethod => "the shipping method",
        SubjectKind.User => "the user",
        SubjectKind.Token => "the API token",
        SubjectKind.Tablet => "the shared tablet",
        SubjectKind.Webhook => "the web hook",
    };
}
