using System.Globalization;
using System.Text.Json;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>The words of the pages of managing.</summary>
internal static class Words
{
    /// <summary>"price: €4.80 → €4.90".</summary>
    /// <param name="texts">In the language of the page.</param>
    /// <param name="change">What differs.</param>
    /// <param name="currency">The store's; null where the thing belongs to none.</param>
    /// <param name="stores">The names of the merchant's stores, where a change can be about them.</param>
    public static string Change(
        StaffTexts texts, FieldChange change, string? currency, IReadOnlyDictionary<long, string>? stores = null) =>
        $"{texts[$"field|{(change.Field == "store_ids" ? "works in" : change.Field.Replace('_', ' '))}"]}: "
        + $"{Shown(texts, change.Field, change.Before, currency, stores)} → "
        + Shown(texts, change.Field, change.After, currency, stores);

    private static string Shown(
        StaffTexts texts, string field, string? value, string? currency, IReadOnlyDictionary<long, string>? stores) => value switch
        {
            null => texts["value|nothing"],
            "true" => texts["value|yes"],
            "false" => texts["value|no"],
            _ when field == "price" && currency is not null =>
                texts.Language.Money(long.Parse(value, CultureInfo.InvariantCulture), currency),
            _ when field == "opening_hours" => Hours(texts, value),
            _ when field == "dispatch_days" => string.Join(
            texts == StaffTexts.English ? "," : ", ", value.Split(',').Select(day => texts[$"day|{day}"])),
            _ when field == "role" => texts[$"role|{value}"],
            _ when field == "store_ids" && stores is not null => string.Join(", ", value.Split(", ").Select(id =>
                stores.GetValueOrDefault(long.Parse(id, CultureInfo.InvariantCulture), id))),
            _ => value,
        };

    // "mon 08:00-18:00, tue closed"
    private static string Hours(StaffTexts texts, string stored) => string.Join(", ",
        JsonSerializer.Deserialize<Dictionary<string, List<string>>>(stored, Json.Stored)!
            .Select(day => $"{texts[$"day|{day.Key}"]} "
                + (day.Value.Count == 0 ? texts["day|closed"] : string.Join($" {texts["day|and"]} ", day.Value))));

    /// <summary>What happened, as the log tells it, with places for who did it, <see cref="Thing"/> and its name.</summary>
    public static string Deed(StaffTexts texts, LogAction action) => action switch
    {
        LogAction.Created => texts["{who} made {thing} {name}"],
        LogAction.Changed => texts["{who} changed {thing} {name}"],
        LogAction.LinkMade => texts["{who} made a one-time link for {thing} {name}"],
        LogAction.PasswordSet => texts["{who} set the password of {thing} {name}"],
        LogAction.PinSet => texts["{who} set the PIN of {thing} {name}"],
        LogAction.Revoked => texts["{who} took back {thing} {name}"],
        LogAction.Erased => texts["{who} erased {thing} {name}"],
        LogAction.SwitchedOff => texts["{who} switched off {thing} {name}"],
    };

    /// <summary>What it happened to.</summary>
    public static string Thing(StaffTexts texts, SubjectKind kind) => kind switch
    {
        SubjectKind.Merchant => texts["the shop"],
        SubjectKind.Store => texts["the store"],
        SubjectKind.Product => texts["the product"],
        SubjectKind.ShippingMethod => texts["the shipping method"],
        SubjectKind.User => texts["the user"],
        SubjectKind.Token => texts["the API token"],
        SubjectKind.Tablet => texts["the shared tablet"],
        SubjectKind.Webhook => texts["the web hook"],
        SubjectKind.Printer => texts["the printer"],
        SubjectKind.Order => texts["the personal data of"],
        SubjectKind.Emails => texts["the e-mails of"],
    };
}
