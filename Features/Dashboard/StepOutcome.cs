using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What came of a step that somebody took on a page: the order as it now is, or a sentence why not.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Order">The order after the step; null where it was refused.</param>
/// <param name="Problem">Why not; null where it went through.</param>
/// <param name="SignedOut">The session is over.</param>
public sealed record StepOutcome(long OrderId, OrderView? Order, string? Problem, bool SignedOut = false)
{
    /// <summary>Takes the step as the person at the screen; a fault of the database is a sentence, too.</summary>
    public static async Task<StepOutcome> Of(Staff staff, long orderId, Func<Actor, Task<Results<Ok<OrderView>, ProblemHttpResult>>> step)
    {
        if (await staff.Now() is not { } actor)
            return new(orderId, null, "You are signed out.", SignedOut: true);
        try
        {
            var answer = await step(actor);
            return answer.Result is Ok<OrderView> done
                ? new(orderId, done.Value, null)
                : new(orderId, null, Sentence(((ProblemHttpResult)answer.Result).ProblemDetails));
        }
        catch (BusyException busy)
        {
            return new(orderId, null, busy.Sentence);
        }
    }

    // A person at a form needs no names of fields.
    private static string? Sentence(ProblemDetails problem) =>
        problem.Extensions.TryGetValue("errors", out var errors)
            ? string.Join(' ', ((IReadOnlyDictionary<string, string[]>)errors!).Values.SelectMany(sentences => sentences))
            : problem.Detail;
}
