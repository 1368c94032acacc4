using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// The time by which idempotency keys expire. It never runs ahead of the time that has passed since the server started: a clock that is set
/// forward by mistake would remove keys whose requests may still be sent again, and those would then have a second effect.
/// </summary>
public sealed class KeyClock(TimeProvider clock)
{
    private readonly SteadyClock _steady = new(clock);

    /// <summary>The clock's time or, where that has been set forward since the start, the time without that.</summary>
    public DateTimeOffset Now()
    {
        var (now, passed) = (clock.Now(), _steady.Now());
        return now < passed ? now : passed;
    }
}
