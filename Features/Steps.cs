using StoreFlow.Infrastructure;

namespace StoreFlow.Features;

/// <summary>The body of a step that needs nothing else; it may be left out.</summary>
/// <param name="Version">The version that the caller acts on: another one is refused as stale. Left out, the order is taken as it is.</param>
public sealed record StepBody(long? Version = null);

public static class Steps
{
    /// <summary>What all steps have in common towards their callers. Forbidden is what another site makes a browser send, and what only the owner may.</summary>
    public static RouteHandlerBuilder DescribeStep(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithTags("Steps").Describe(name, summary,
            [Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.OrderStale, Reason.TransitionNotAllowed,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.IdempotencyKeyReused, Reason.Busy]);
}
