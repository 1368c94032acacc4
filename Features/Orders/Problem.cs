using System.Diagnostics;
using System.Text.Json.Serialization;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>A refusal as callers see it, RFC 9457.</summary>
/// <param name="Type">Where the status is explained.</param>
/// <param name="Title">The kind of refusal.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence that a person can read.</param>
/// <param name="Code">What a program goes by; it never changes.</param>
/// <param name="TraceId">Marks this one answer.</param>
/// <param name="Errors">For <c>invalid_request</c> and <c>store_closed</c>: what is wrong, by field: <c>items[0].quantity</c>.</param>
/// <param name="Current">For both 409s of an order: the order as it is now.</param>
/// <param name="NextOpening">For <c>store_closed</c>: when the store takes such an order; null where it does not open soon.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    Reason Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CurrentState? Current = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), CanBeNullWhereSent] DateTimeOffset? NextOpening = null)
{
    /// <summary>The same as the answer's own body, for an answer that has several.</summary>
    public static Problem Of(Refusal refusal)
    {
        var answer = refusal.ToHttp().ProblemDetails;
        return new(
            answer.Type!, answer.Title!, answer.Status!.Value, refusal.Detail, refusal.Reason, Activity.Current?.Id ?? "",
            refusal.Errors.Count == 0 ? null : refusal.Errors, refusal.Current as CurrentState, refusal.NextOpening);
    }
}
