namespace StoreFlow.Infrastructure;

/// <summary>The time that has passed since it was made, whatever the clock is set to meanwhile.</summary>
/// <param name="clock">Gives the time of its start, and how much has passed.</param>
internal sealed class SteadyClock(TimeProvider clock)
{
    private readonly DateTimeOffset _start = clock.Now();
    private readonly long _timestamp = clock.GetTimestamp();

    public DateTimeOffset Now() => _start + clock.GetElapsedTime(_timestamp);
}
