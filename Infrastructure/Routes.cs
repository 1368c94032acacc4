using StoreFlow.Features;

namespace StoreFlow.Infrastructure;

/// <summary>What a route says of itself beside its types, so that OpenAPI tells the whole story.</summary>
public static class Routes
{
    /// <summary>Names the route and lists how it may refuse, faults of the server aside, which any route may have.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, params Reason[] refusals)
    {
        refusals = [.. refusals, Reason.InternalError];
        route.WithName(name).WithSummary(summary).WithMetadata(new Refusals(refusals));
        foreach (var status in refusals.Select(reason => reason.Http().Status).Distinct())
            route.Produces<Problem>(status, Problem.ContentType);
        return route;
    }
}

/// <summary>How a route may refuse.</summary>
internal sealed record Refusals(IReadOnlyList<Reason> Reasons);

/// <summary>A refusal as callers see it, RFC 9457.</summary>
/// <param name="Type">Where the status is explained.</param>
/// <param name="Title">The kind of refusal.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence that a person can read.</param>
/// <param name="Code">What a program goes by; it never changes.</param>
/// <param name="TraceId">Marks this one answer.</param>
/// <param name="Errors">For <c>invalid_request</c>: what is wrong, by field, as in <c>items[0].quantity</c>.</param>
/// <param name="Current">For both 409s: the order as it is now.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, Reason Code, string TraceId,
    IReadOnlyDictionary<string, string[]>? Errors = null, CurrentState? Current = null)
{
    public const string ContentType = "application/problem+json";
}
