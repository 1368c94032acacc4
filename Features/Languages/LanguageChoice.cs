using System.Data.Common;
using Dapper;
using Microsoft.Net.Http.Headers;

namespace StoreFlow.Features.Languages;

/// <summary>In which language a store answers somebody.</summary>
public static class LanguageChoice
{
    /// <summary>The languages that a store offers, its own first; English where there is no such store.</summary>
    public static IReadOnlyList<Language> Of(DbConnection db, long storeId) =>
        Read(db.QuerySingleOrDefault<string>("SELECT languages FROM stores WHERE id = @storeId", new { storeId }));

    /// <summary>The languages behind codes as the database keeps them: <c>de,en</c>.</summary>
    public static IReadOnlyList<Language> Read(string? codes) =>
        (codes ?? "").Split(',').Select(Language.Find).OfType<Language>().ToList() is { Count: > 0 } languages
            ? languages
            : [Language.English];

    /// <summary>
    /// The language of the link (<c>?lang=de</c>), else the first that the browser asks for, else <paramref name="otherwise"/>,
    /// else the first offered. Only those that are offered count.
    /// </summary>
    /// <param name="request">With its query and its header Accept-Language.</param>
    /// <param name="offered">At least one.</param>
    /// <param name="otherwise">As the order remembers it.</param>
    public static Language For(HttpRequest request, IReadOnlyList<Language> offered, Language? otherwise = null)
    {
        request.HttpContext.Response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        var chosen = AskedFor(request).Prepend(Language.Find(request.Query["lang"])).Append(otherwise)
            .FirstOrDefault(language => language is not null && offered.Contains(language)) ?? offered[0];
        request.HttpContext.Response.Headers.ContentLanguage = chosen.Code;
        return chosen;
    }

    /// <summary>The languages that the browser asks for, most wanted first; null where the program has no such language.</summary>
    internal static IEnumerable<Language?> AskedFor(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .Where(wish => wish.Quality is not 0)
        .OrderByDescending(wish => wish.Quality ?? 1)
        .Select(wish => Language.Find(wish.Value.Value));
}
