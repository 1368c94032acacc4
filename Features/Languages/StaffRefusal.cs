using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Languages;

/// <summary>The page of a refusal for staff, in their language.</summary>
internal static class StaffRefusal
{
    /// <summary>A kind 404.</summary>
    public static RazorComponentResult Missing(HttpContext http, string sentence) =>
        Show(http, "We could not find that", sentence, StatusCodes.Status404NotFound);

    /// <summary>Any other refusal.</summary>
    public static RazorComponentResult Show(HttpContext http, Refusal refusal)
    {
        var (status, title) = refusal.Reason.Http();
        return Show(http, title, refusal.Detail, status);
    }

    /// <param name="http">What decides on the language.</param>
    /// <param name="title">In English.</param>
    /// <param name="sentence">In English.</param>
    /// <param name="status">That of the answer.</param>
    /// <param name="hasLink">Whether there is a start to go to.</param>
    public static RazorComponentResult Show(HttpContext http, string title, string sentence, int status, bool hasLink = true)
    {
        var texts = StaffLanguage.For(http);
        return Pages.Show<RefusalPage>(new
        {
            Title = texts.Sentence(title),
            Sentence = texts.Sentence(sentence),
            Start = texts["To the start"],
            Lang = texts.Language.Code,
            texts.Language.Direction,
            HasLink = hasLink,
        }, status);
    }
}
