using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests;

/// <summary>The server with a clock that stands still until a test moves it.</summary>
public class StoppedClockApp : StoreFlowApp
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 15, 30, 123, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Start);

    protected override TimeProvider Clock => Time;
}
