using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>When an order shall be ready or sent, as a step's body brings it: in so many minutes, or at an instant.</summary>
/// <param name="ReadyInMinutes">Minutes from now.</param>
/// <param name="PromisedAt">The instant.</param>
public sealed record Promise(long? ReadyInMinutes, DateTimeOffset? PromisedAt)
{
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(30);

    /// <summary>The promise stays as it is.</summary>
    public static readonly Promise Unchanged = new(null, null);

    /// <summary>Reads one of both, or neither, and checks what needs no clock.</summary>
    public static Promise Read(Fields fields, long? readyInMinutes, DateTimeOffset? promisedAt)
    {
        if (readyInMinutes is not null && promisedAt is not null)
            fields.Refuse("promised_at", "Send this or ready_in_minutes, not both.");
        if (readyInMinutes is { } minutes)
            fields.Number("ready_in_minutes", minutes, 1, (long)Farthest.TotalMinutes);
        return new(readyInMinutes, promisedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()) : null);
    }

    /// <summary>
    /// Why the time cannot be promised now, or null. A rule asks it, after the idempotency key: a repeat is answered as before.
    /// </summary>
    public Refusal? Check(DateTimeOffset now) =>
        PromisedAt <= now ? Refusal.Invalid("promised_at", "This time is in the past.")
        : PromisedAt > now + Farthest ? Refusal.Invalid("promised_at", "This is more than 30 days ahead.")
        : null;

    /// <summary>The instant; null where the promise stays as it is.</summary>
    public DateTimeOffset? At(DateTimeOffset now) => ReadyInMinutes is { } minutes ? now.AddMinutes(minutes) : PromisedAt;
}
