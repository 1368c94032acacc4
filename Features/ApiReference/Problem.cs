using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ApiReference;

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
    IReadOnlyDictionary<string, string[]>? Errors = null, CurrentState? Current = null);
