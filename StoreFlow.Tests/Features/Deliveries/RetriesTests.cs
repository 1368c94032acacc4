using StoreFlow.Features.Deliveries;

namespace StoreFlow.Tests.Features.Deliveries;

/// <summary>When a delivery is tried again.</summary>
public sealed class RetriesTests
{
    [Fact]
    public void Pauses_grow_and_no_two_of_one_place_are_alike_for_sure()
    {
        var pauses = Enumerable.Range(1, 12).Select(failed => Retries.Pause(failed, chance: 0.5)).ToList();
        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(TimeSpan.FromSeconds(10), pauses[0]);
        Assert.Equal(TimeSpan.FromHours(12), pauses[^1]);
        Assert.Equal(TimeSpan.FromSeconds(8), Retries.Pause(1, chance: 0));
        Assert.Equal(TimeSpan.FromSeconds(12), Retries.Pause(1, chance: 1));
    }

    [Fact]
    public void Three_days_are_used_up_and_not_more()
    {
        var since = DateTimeOffset.UnixEpoch;
        var (now, tries) = (since, 1);
        while (Retries.Next(since, now, Retries.Pause(tries, chance: 0.5)) is { } next)
            (now, tries) = (next, tries + 1);
        Assert.InRange(now - since, TimeSpan.FromDays(2.5), TimeSpan.FromDays(3));
        Assert.InRange(tries, 12, 20);
    }

    [Theory]
    [InlineData(60, 60)] // longer than the pause would have been
    [InlineData(1, 10)] // shorter: no reason to hurry
    [InlineData(10_000_000, 86_400)] // a day at most
    [InlineData(-5, 10)]
    public void A_receiver_may_ask_for_a_longer_pause(int asked, int got) =>
        Assert.Equal(TimeSpan.FromSeconds(got), Retries.Pause(1, chance: 0.5, TimeSpan.FromSeconds(asked)));
}
