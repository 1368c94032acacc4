using StoreFlow.Features.Merchants;

namespace StoreFlow.Features.Management;

/// <summary>The words of the pages of managing.</summary>
internal static class Words
{
    /// <summary>"price: 480 → 490".</summary>
    public static string Change(FieldChange change) =>
        $"{change.Field.Replace('_', ' ')}: {change.Before ?? "nothing"} → {change.After ?? "nothing"}";

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
    };
}
