using Microsoft.Net.Http.Headers;
using SameSiteMode = Microsoft.AspNetCore.Http.SameSiteMode;

namespace StoreFlow.Features.Languages;

/// <summary>In which language the staff pages answer a browser.</summary>
public static class StaffLanguage
{
    private const string Cookie = "storeflow_language";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400); // browsers keep no cookie longer

    /// <summary>
    /// The language of the link (<c>?lang=de</c>), which this device then remembers; else the remembered one; else the first that the
    /// browser asks for; else English.
    /// </summary>
    /// <param name="http">Its answer has not started yet.</param>
    public static StaffTexts For(HttpContext http)
    {
        if (!http.Response.HasStarted)
            http.Response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptLanguage, HeaderNames.Cookie);
        var linked = StaffTexts.Find(http.Request.Query["lang"]);
        if (linked is not null && !http.Response.HasStarted)
            http.Response.Cookies.Append(Cookie, linked.Language.Code, new()
            {
                MaxAge = Kept,
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                IsEssential = true,
            });
        return linked
            ?? StaffTexts.Find(http.Request.Cookies[Cookie])
            ?? LanguageChoice.AskedFor(http.Request).Select(StaffTexts.Of).FirstOrDefault(texts => texts is not null)
            ?? StaffTexts.English;
    }
}
