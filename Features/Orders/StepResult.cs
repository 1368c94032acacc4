using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>The outcome of a step: it is done, or it was refused and changed nothing.</summary>
public abstract record StepResult
{
    private StepResult()
    {
    }

    /// <param name="Order">The order as it is after the step.</param>
    public sealed record Done(OrderView Order) : StepResult;

    /// <param name="Refusal">Why not.</param>
    public sealed record Refused(Refusal Refusal) : StepResult;
}

/// <summary>Answers and descriptions of steps in the API.</summary>
public static class StepAnswers
{
    /// <summary>200 with the order, or the problem.</summary>
    public static Results<Ok<OrderView>, ProblemHttpResult> ToHttp(this StepResult result) => result switch
    {
        StepResult.Done done => TypedResults.Ok(done.Order),
        StepResult.Refused refused => refused.Refusal.ToHttp(),
        _ => throw new UnreachableException(),
    };

    /// <summary>What all steps have in common in the API's description.</summary>
    /// <remarks>Forbidden is a step that another site makes a browser send, and one that the caller's role may not take.</remarks>
    public static RouteHandlerBuilder DescribeStep(
        this RouteHandlerBuilder route, string name, string summary, params Reason[] more) =>
        route.WithTags("Steps").Describe(name, summary,
            [
                Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.OrderStale,
                Reason.TransitionNotAllowed, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.IdempotencyKeyReused, Reason.Busy,
                .. more,
            ]);
}
