using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Languages;

/// <summary>The language in which an order was placed: messages to its customer are written in it.</summary>
public static class OrderLanguage
{
    /// <summary>The language of an order, which has to exist. English, should its file be gone.</summary>
    public static Language Of(DbConnection db, long orderId) =>
        Language.Find(db.QuerySingle<string>("SELECT language FROM orders WHERE id = @orderId", new { orderId })) ?? Language.English;

    /// <summary>The language of the store's own papers: the first that it offers.</summary>
    public static Language OfStore(DbConnection db, long storeId) => LanguageChoice.Of(db, storeId)[0];
}
