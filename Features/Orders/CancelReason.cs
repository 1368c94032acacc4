namespace StoreFlow.Features.Orders;

/// <summary>Why an order is cancelled.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Note">More about it, for the staff only; null where there is none.</param>
public sealed record Cancellation(CancelReason Reason, string? Note);

/// <summary>The reasons for which orders are cancelled.</summary>
public enum CancelReason
{
    CustomerAsked,
    OutOfStock,
    TooBusy,
    Closed,
    CannotDeliver,
    NotCollected,
    Duplicate,
    SuspectedFraud,
    Other,
}
