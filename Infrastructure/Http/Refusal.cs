namespace StoreFlow.Infrastructure;

/// <summary>Why a request is refused. Each name is a stable <c>code</c> in the answer.</summary>
/// <remarks><see cref="RefusalAnswers"/> gives them their HTTP status.</remarks>
public enum Reason
{
    InvalidRequest,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    OrderStale,
    TransitionNotAllowed,
    Stale,
    StoreClosed,
    TooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    TooManyRequests,
    InternalError,
    Busy,
}

/// <summary>A refusal with a sentence that a person can read. It changes nothing.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The sentence.</param>
public sealed record Refusal(Reason Reason, string Detail)
{
    private static readonly Dictionary<string, string[]> NoErrors = [];

    /// <summary>What is wrong in the body, by field: <c>items[0].quantity</c>. Empty unless a field is the cause.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; private init; } = NoErrors;

    /// <summary>For both 409s of an order: what it is now and who changed it, for the answer's <c>current</c>.</summary>
    public object? Current { get; init; }

    /// <summary>For <c>store_closed</c>: when the store takes such an order; null where it does not open soon.</summary>
    public DateTimeOffset? NextOpening { get; private init; }

    /// <summary>Whether the sentence should name the last change instead: "Ana already accepted this order 3 seconds ago."</summary>
    public bool NamesLastChange { get; init; }

    /// <summary>No such thing, or not this caller's: the same answer for both, so that nobody learns which.</summary>
    public static Refusal NotFound { get; } = new(Reason.NotFound, "There is nothing here by that name, or it is not yours to see.");

    /// <summary>The role may not do this.</summary>
    public static Refusal Forbidden { get; } = new(Reason.Forbidden, "Your role may not do this. Ask the owner of the shop.");

    /// <summary>Fields of the request cannot be used.</summary>
    /// <param name="errors">At least one field with its sentences.</param>
    public static Refusal Invalid(IReadOnlyDictionary<string, string[]> errors) => errors.Count switch
    {
        0 => throw new ArgumentException("An invalid request names at least one field.", nameof(errors)),
        1 => new(Reason.InvalidRequest, errors.Values.Single()[0]) { Errors = errors },
        _ => new(Reason.InvalidRequest, $"These fields cannot be used: {string.Join(", ", errors.Keys)}.") { Errors = errors },
    };

    /// <summary>The store takes no order for that time.</summary>
    public static Refusal StoreClosed(string field, string sentence, DateTimeOffset? nextOpening) => new(Reason.StoreClosed, sentence)
    {
        Errors = new Dictionary<string, string[]> { [field] = [sentence] },
        NextOpening = nextOpening,
    };

    /// <summary>The store takes no order now, for whatever time.</summary>
    public static Refusal StoreClosed(string sentence, DateTimeOffset? nextOpening) =>
        new(Reason.StoreClosed, sentence) { NextOpening = nextOpening };

    /// <summary>One field of the request cannot be used.</summary>
    public static Refusal Invalid(string field, string sentence) => Invalid(new Dictionary<string, string[]> { [field] = [sentence] });
}
