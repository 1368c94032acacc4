using System.Diagnostics;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What came of a step that somebody took on a page: the order as it now is, or a sentence why not.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Order">The order after the step; null where it was refused.</param>
/// <param name="Problem">Why not; null where the step is done.</param>
/// <param name="SignedOut">The session is over.</param>
/// <param name="IsLeft">The person has followed a link meanwhile.</param>
public sealed record StepOutcome(long OrderId, OrderView? Order, string? Problem, bool SignedOut = false, bool IsLeft = false)
{
    /// <summary>Takes the step as the person at the screen. A busy database is a sentence, too.</summary>
    public static async Task<StepOutcome> OfAsync(Staff staff, long orderId, Func<Actor, Task<StepResult>> step)
    {
        if (await staff.NowAsync() is not { } actor)
            return new(orderId, null, "You are signed out.", SignedOut: true);
        try
        {
            return await step(actor) switch
            {
                StepResult.Refused { Refusal: var refusal } => new(orderId, null, Sentence(refusal)),
                StepResult.Done { Order: var order } => new(orderId, order, null),
                _ => throw new UnreachableException(),
            };
        }
        catch (BusyException busy)
        {
            return new(orderId, null, busy.Sentence);
        }
    }

    // A person at a form needs no names of fields.
    private static string Sentence(Refusal refusal) =>
        refusal.Errors.Count > 0 ? string.Join(' ', refusal.Errors.Values.SelectMany(sentences => sentences)) : refusal.Detail;
}
