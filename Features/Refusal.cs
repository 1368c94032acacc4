namespace StoreFlow.Features;

/// <summary>Why not: one name per reason, each a stable <c>code</c> in the answer.</summary>
/// <remarks>Problems.cs gives them their HTTP status.</remarks>
public enum Reason
{
    InvalidRequest,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    OrderStale,
    TransitionNotAllowed,
    TooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    TooManyRequests,
    InternalError,
    Busy,
}

/// <summary>A polite no, with a sentence that a person can read. Where <see cref="Detail"/> is null, somebody was faster, and the door tells who.</summary>
public sealed record Refusal(Reason Reason, string? Detail = null)
{
    /// <summary>What is wrong in the body, by field: <c>items[0].quantity</c>.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The truth to go on from, in both 409s.</summary>
    public CurrentState? Current { get; init; }

    /// <summary>No such order, or not this caller's: the same answer, so that nobody learns which.</summary>
    public static Refusal NotFound { get; } = new(Reason.NotFound, "There is nothing here by that name, or it is not yours to see.");

    /// <summary>The order has moved on since the caller last saw it.</summary>
    public static Refusal Stale { get; } = new(Reason.OrderStale);

    /// <summary>The lifecycle has no such step from here.</summary>
    public static Refusal NoSuchStep(Order order, OrderStatus to) => new(
        Reason.TransitionNotAllowed,
        to.OnlyFor() is { } type && type != order.FulfilmentType
            ? $"This is a {order.FulfilmentType.ToString().ToLowerInvariant()} order, so it never gets to “{to.Condition()}”."
            : order.Status >= to ? null : $"This order is {order.Status.Condition()}, so it cannot get to “{to.Condition()}” yet.");

    /// <summary>The body cannot be used; says so field by field.</summary>
    public static Refusal Invalid(IReadOnlyDictionary<string, string[]> errors) => new(
        Reason.InvalidRequest, errors.Count == 1 ? errors.Values.Single()[0] : $"These fields cannot be used: {string.Join(", ", errors.Keys)}.")
    { Errors = errors };

    /// <summary>One field of the body cannot be used.</summary>
    public static Refusal Invalid(string field, string sentence) =>
        Invalid(new Dictionary<string, string[]> { [field] = [sentence] });
}

/// <summary>What an order is now and who made it so: enough for a page to refresh without asking again.</summary>
public sealed record CurrentState(
    OrderStatus Status,
    ShippingStatus? ShippingStatus,
    long Version,
    IReadOnlyList<OrderStatus> AllowedTransitions,
    string ChangedBy,
    DateTimeOffset ChangedAt);
