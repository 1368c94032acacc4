using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Languages;

/// <summary>A kind 404 for a customer, in the language of the browser: there is no store that could have one.</summary>
internal static class MissingPage
{
    /// <param name="request">With its query and its header Accept-Language.</param>
    /// <param name="sentence">The name of a text.</param>
    public static RazorComponentResult Show(HttpRequest request, string sentence)
    {
        var language = LanguageChoice.For(request, Language.All);
        return Pages.Show<RefusalPage>(new
        {
            Title = language["missing.title"],
            Sentence = language[sentence],
            Start = language["missing.start"],
            Lang = language.Code,
            language.Direction,
        }, StatusCodes.Status404NotFound);
    }
}
