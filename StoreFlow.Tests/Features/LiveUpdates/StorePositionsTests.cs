using StoreFlow.Features.LiveUpdates;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>How far each store is announced, while listeners come and go.</summary>
public sealed class StorePositionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // an upper bound for a hung test, not a measure

    [Fact]
    public void The_first_listener_starts_a_store_at_its_end_and_the_last_one_takes_it_away()
    {
        var latest = new Dictionary<long, long> { [1] = 55, [2] = 0 };
        var positions = new StorePositions(store => latest[store]);
        positions.Enter(1);
        positions.Enter(2);
        latest[1] = 60;
        positions.Enter(1); // is told what the first one is told
        Assert.Equal(new Dictionary<long, long> { [1] = 55, [2] = 0 }, positions.Snapshot());

        positions.Leave(1);
        positions.Leave(2);
        Assert.Equal(new Dictionary<long, long> { [1] = 55 }, positions.Snapshot());
        positions.Leave(1);
        Assert.Empty(positions.Snapshot());
        positions.Enter(1);
        Assert.Equal(60, positions.Snapshot()[1]);
    }

    [Fact]
    public void A_position_grows_only_and_only_where_somebody_listens()
    {
        var positions = new StorePositions(_ => 10);
        positions.Advance(1, 7);
        Assert.Empty(positions.Snapshot());
        positions.Enter(1);
        positions.Advance(1, 12);
        positions.Advance(1, 11); // of a page that was read for those before
        Assert.Equal(12, positions.Snapshot()[1]);
    }

    [Fact]
    public async Task Of_two_who_come_at_once_the_later_answer_changes_nothing_and_the_announcer_does_not_wait()
    {
        using var slow = new ManualResetEventSlim();
        var reads = 0;
        using var isReading = new ManualResetEventSlim();
        var positions = new StorePositions(_ =>
        {
            if (Interlocked.Increment(ref reads) > 1)
                return 6;
            isReading.Set();
            slow.Wait(Patience);
            return 5;
        });
        var first = Task.Run(() => positions.Enter(1));
        Assert.True(isReading.Wait(Patience));
        Assert.Empty(positions.Snapshot());
        positions.Advance(1, 8); // of a page that was read for one who has left
        Assert.Empty(positions.Snapshot());

        positions.Enter(1);
        positions.Advance(1, 7);
        slow.Set();
        await first.WaitAsync(Patience);
        Assert.Equal(7, positions.Snapshot()[1]);

        positions.Leave(1);
        Assert.Equal(7, positions.Snapshot()[1]);
        positions.Leave(1);
        Assert.Empty(positions.Snapshot());
    }

    [Fact]
    public void Nothing_is_left_where_the_end_could_not_be_read()
    {
        var isBroken = true;
        var positions = new StorePositions(_ => isBroken ? throw new IOException() : 5);
        Assert.Throws<IOException>(() => positions.Enter(1));
        isBroken = false;
        positions.Enter(1); // beside the first one, who has not left yet
        positions.Leave(1);
        Assert.Equal(5, positions.Snapshot()[1]);
        positions.Leave(1);
        Assert.Empty(positions.Snapshot());
    }
}
