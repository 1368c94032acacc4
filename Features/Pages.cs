using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace StoreFlow.Features;

/// <summary>Pages that are rendered here and need no circuit.</summary>
internal static class Pages
{
    public static RazorComponentResult Show<T>(object parameters, int status = StatusCodes.Status200OK) where T : IComponent =>
        new RazorComponentResult<T>(parameters) { StatusCode = status };

    /// <summary>A kind 404 for people.</summary>
    public static RazorComponentResult Missing(string sentence) =>
        Show<MissingPage>(new { Sentence = sentence }, StatusCodes.Status404NotFound);
}
