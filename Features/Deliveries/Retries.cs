namespace StoreFlow.Features.Deliveries;

/// <summary>When a delivery that did not arrive is tried again: soon at first, then ever more rarely, for three days.</summary>
internal static class Retries
{
    /// <summary>How long a delivery is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>No pause is longer, whatever a receiver asks for.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8), TimeSpan.FromHours(12),
    ];

    /// <summary>The pause grows with each try, and is up to a fifth shorter or longer, so that many do not come back at once.</summary>
    /// <param name="failed">How many tries have failed: one or more.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <param name="asked">The pause that the receiver asks for; null where it asks for none.</param>
    public static TimeSpan Pause(long failed, double chance, TimeSpan? asked = null)
    {
        var pause = Pauses[Math.Min(failed, Pauses.Length) - 1] * (0.8 + 0.4 * chance);
        return asked > pause ? Asked(asked.Value) : pause;
    }

    /// <summary>The pause that a receiver gets of the one that it asks for.</summary>
    public static TimeSpan Asked(TimeSpan asked) => asked < LongestPause ? asked : LongestPause;

    /// <summary>When it is tried again; null where its three days would be over by then.</summary>
    /// <param name="since">When it was tried first.</param>
    /// <param name="now">The time.</param>
    /// <param name="pause">What <see cref="Pause"/> says.</param>
    public static DateTimeOffset? Next(DateTimeOffset since, DateTimeOffset now, TimeSpan pause) =>
        now + pause <= since + Patience ? now + pause : null;
}
