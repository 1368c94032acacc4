using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace StoreFlow.Infrastructure;

/// <summary>Pages that are rendered here and need no circuit.</summary>
internal static class Pages
{
    public static RazorComponentResult Show<T>(object parameters, int status = StatusCodes.Status200OK) where T : IComponent =>
        new RazorComponentResult<T>(parameters) { StatusCode = status };

    /// <summary>How a page is asked for: HEAD is for link checkers.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>A route for people: no token, and not part of the API.</summary>
    public static RouteHandlerBuilder ForPeople(this RouteHandlerBuilder route) => route.AllowAnonymous().ExcludeFromDescription();

    /// <summary>Any other refusal for people.</summary>
    public static RazorComponentResult Refused(Refusal refusal)
    {
        var (status, title) = refusal.Reason.Http();
        return Show<RefusalPage>(new { Title = title, Sentence = refusal.Detail }, status);
    }
}
