using System.Globalization;

namespace StoreFlow.Infrastructure;

public static class Clock
{
    /// <summary>An instant to the second, as the attributes of a page have it: 2026-11-22T10:15:30Z.</summary>
    public static string ToIso(this DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Now in UTC, cut to the millisecond that the database and JSON keep.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
