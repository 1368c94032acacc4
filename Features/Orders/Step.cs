using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>The body of a step that needs nothing else; it may be left out.</summary>
/// <param name="Version">
/// The version that the caller acts on; another one is refused as stale. Left out, the order is taken as it is.
/// </param>
public sealed record StepBody(long? Version = null);

/// <summary>One step, as its slice states it.</summary>
/// <param name="Name">Its name, to tell it from other steps under the same idempotency key.</param>
/// <param name="To">The status that the order has afterwards; null where it stays as it is.</param>
/// <param name="Rule">Why the order may not take the step, or null.</param>
/// <param name="Sql">
/// One <c>UPDATE ... WHERE id = @id AND version = @version RETURNING</c> all columns. It may use <c>@to</c>, <c>@now</c> and
/// what the body brought. An override also uses <c>@shippingStatus</c> and <c>@sets</c>: what the lifecycle says of its new status.
/// </param>
public sealed record Step(string Name, OrderStatus? To, Func<Order, Refusal?> Rule, string Sql)
{
    /// <summary>The tracking that the body brought.</summary>
    public Tracking Tracking { get; init; } = Tracking.None;

    /// <summary>The promise that the body brought.</summary>
    public Promise Promise { get; init; } = Promise.Unchanged;

    /// <summary>Where a ready order lies, in the shop's own words; null for other steps.</summary>
    public string? Shelf { get; init; }

    /// <summary>The code that the customer showed; null where none was.</summary>
    public string? PickupCode { get; init; }

    /// <summary>The reason of an override, or of a hand-over without the code; null for other steps.</summary>
    public string? Reason { get; init; }

    /// <summary>Why the order is cancelled; null for other steps.</summary>
    public Cancellation? Cancellation { get; init; }

    /// <summary>What is wrong with the body, by field. Answered before the order is looked for.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    /// <summary>Which orders need not heed the errors; null where the errors do not depend on the order.</summary>
    public Func<Order, bool>? Excuses { get; init; }

    /// <summary>The audit row's event, from the order before and after the step.</summary>
    public Func<Order, Order, AuditEvent> Describe { get; init; } = StatusChanged.Between;
}
