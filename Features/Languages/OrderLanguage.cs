using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Languages;

/// <summary>The language in which an order was placed: messages to its customer are written in it.</summary>
public static class OrderLanguage
{
    /// <summary>The language of an order, which has to exist.</summary>
    public static Language Of(DbConnection db, long orderId) =>
        Of(db.QuerySingle<string>("SELECT language FROM orders WHERE id = @orderId", new { orderId }));

    /// <param name="code">What the order's row says. English, should the language's file be gone.</param>
    public static Language Of(string code) => Language.Find(code) ?? Language.English;

    /// <summary>The language of the store's own papers: the first that it offers.</summary>
    public static Language OfStore(DbConnection db, long storeId) => LanguageChoice.Of(db, storeId)[0];
}
