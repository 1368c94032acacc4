using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace StoreFlow.Infrastructure;

/// <summary>Pages that are rendered here and need no circuit.</summary>
internal static class Pages
{
    public static RazorComponentResult Show<T>(object parameters, int status = StatusCodes.Status200OK) where T : IComponent =>
        new RazorComponentResult<T>(parameters) { StatusCode = status };

    /// <summary>A route for people: no token, not part of the API, and answering HEAD for link checkers.</summary>
    public static RouteHandlerBuilder MapPage(this IEndpointRouteBuilder app, string pattern, Delegate handler) =>
        app.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler).AllowAnonymous().ExcludeFromDescription();

    /// <summary>Any other refusal for people.</summary>
    public static RazorComponentResult Refused(Refusal refusal)
    {
        var (status, title) = refusal.Reason.Http();
        return Show<RefusalPage>(new { Title = title, Sentence = refusal.Detail }, status);
    }

    /// <summary>A kind 404 for people.</summary>
    public static RazorComponentResult Missing(string sentence) =>
        Show<RefusalPage>(new { Title = "We could not find that", Sentence = sentence }, StatusCodes.Status404NotFound);
}
