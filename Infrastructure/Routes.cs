using StoreFlow.Features;

namespace StoreFlow.Infrastructure;

/// <summary>What a route says of itself beside its types, so that OpenAPI tells the whole story.</summary>
public static class Routes
{
    /// <summary>Names the route and lists how it may refuse.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, params Reason[] refusals)
    {
        route.WithName(name).WithSummary(summary);
        foreach (var status in refusals.Select(reason => reason.Http().Status).Distinct())
            route.ProducesProblem(status);
        return route;
    }
}
