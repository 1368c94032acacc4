using System.Data.Common;
using StoreFlow.Features.Languages;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>The languages of a checkout.</summary>
/// <param name="Order">In which the order is placed: its customer reads it.</param>
/// <param name="Refusals">In which refusals are written: the customer's, or English for the staff.</param>
internal sealed record Spoken(Language Order, Language Refusals)
{
    /// <summary>A customer: what the body names, else what the browser asks for, else the store's own.</summary>
    public static Spoken ByCustomer(Database database, CheckoutBody body, HttpRequest request)
    {
        var offered = database.Read(db => LanguageChoice.Of(db, body.StoreId ?? 0));
        var asked = LanguageChoice.For(request, offered);
        return Of(body, offered, asked, asked);
    }

    /// <summary>A clerk for a customer: what the body names, else the store's own.</summary>
    public static Spoken ByClerk(DbConnection db, CheckoutBody body)
    {
        var offered = LanguageChoice.Of(db, body.StoreId ?? 0);
        return Of(body, offered, offered[0], Language.English);
    }

    private static Spoken Of(CheckoutBody body, IReadOnlyList<Language> offered, Language otherwise, Language refusals) =>
        Language.Find(body.Language) is { } named && offered.Contains(named)
            ? new(named, refusals == otherwise ? named : refusals)
            : new(otherwise, refusals) { NotOffered = body.Language is null ? null : [.. offered.Select(language => language.Code)] };

    /// <summary>What the store speaks, where the body names another language; else null.</summary>
    public IReadOnlyList<string>? NotOffered { get; private init; }

    /// <summary>The fields of the body, which are refused in the reader's language.</summary>
    public Fields Fields()
    {
        var fields = new Fields(Refusals.Translate);
        if (NotOffered is { } offered)
            fields.Tell("language", CheckoutSentences.NoLanguage, string.Join(", ", offered));
        return fields;
    }
}
