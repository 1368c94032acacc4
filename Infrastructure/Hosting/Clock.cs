namespace StoreFlow.Infrastructure;

public static class Clock
{
    /// <summary>Now in UTC, cut to the millisecond that the database and JSON keep.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
