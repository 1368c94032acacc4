using System.Globalization;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Management;

/// <summary>The words of the pages of managing.</summary>
internal static class Words
{
    /// <summary>"price: €4.80 → €4.90".</summary>
    /// <param name="change">What differs.</param>
    /// <param name="currency">The store's; null where the thing belongs to none.</param>
    public static string Change(FieldChange change, string? currency) =>
        $"{change.Field.Replace('_', ' ')}: "
        + $"{Shown(change.Field, change.Before, currency)} → {Shown(change.Field, change.After, currency)}";

    private static string Shown(string field, string? value, string? currency) => value switch
    {
        null => "nothing",
        "true" => "yes",
        "false" => "no",
        _ when field == "price" && currency is not null => Money.Format(long.Parse(value, CultureInfo.InvariantCulture), currency),
        _ => value,
    };

    /// <summary>What happened, as the log tells it.</summary>
    public static string Deed(LogAction action) => action switch
    {
        LogAction.Created => "made",
        LogAction.Changed => "changed",
        LogAction.LinkMade => "made a one-time link for",
        LogAction.PasswordSet => "set the password of",
        LogAction.PinSet => "set the PIN of",
        LogAction.Revoked => "took back",
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
