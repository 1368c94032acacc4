
namespace StoreFlow.Infrastructure;

/// <summary>What a route says of itself beside its types, for OpenAPI.</summary>
public static class RouteDescription
{
    public const string ProblemContentType = "application/problem+json";

    /// <summary>Names the route and lists how it may refuse. Any route may also fail with an internal error.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, params Reason[] refusals) =>
        route.WithName(name).WithSummary(summary).WithMetadata(new DeclaredRefusals([.. refusals, Reason.InternalError]));

    /// <summary>Declares the type of the problems with which the routes of a group refuse.</summary>
    /// <typeparam name="TProblem">The shape of a problem.</typeparam>
    public static RouteGroupBuilder WithProblems<TProblem>(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            var reasons = endpoint.Metadata.OfType<DeclaredRefusals>().SelectMany(declared => declared.Reasons);
            foreach (var status in reasons.Select(reason => reason.Http().Status).Distinct().ToList())
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(TProblem), [ProblemContentType]));
        });
        return group;
    }
}

/// <summary>How a route may refuse.</summary>
internal sealed record DeclaredRefusals(IReadOnlyList<Reason> Reasons);
