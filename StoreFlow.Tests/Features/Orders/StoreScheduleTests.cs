using System.Globalization;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>When a store can have an order ready, or send it.</summary>
public sealed class StoreScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private const string Hours = """
        {"mon":["08:00-18:00"],"tue":["08:00-18:00"],"wed":["08:00-13:00"],"thu":["08:00-18:00"],"fri":["08:00-18:00"],"2026-11-26":[]}
        """;

    [Theory]
    [InlineData("2026-11-23T09:00", "2026-11-23T09:20")]
    [InlineData("2026-11-23T06:00", "2026-11-23T08:00")] // before it opens
    [InlineData("2026-11-23T07:50", "2026-11-23T08:10")]
    [InlineData("2026-11-23T17:50", "2026-11-24T08:00")] // not ready before it closes
    [InlineData("2026-11-25T14:00", "2026-11-27T08:00")] // over a holiday
    [InlineData("2026-11-27T19:00", "2026-11-30T08:00")] // over the weekend
    public void A_pickup_is_promised_for_when_it_can_be_collected(string now, string promise) =>
        Assert.Equal(At(promise), Schedule().Promise(FulfilmentType.Pickup, At(now)));

    [Theory]
    [InlineData("2026-11-23T13:59", "2026-11-23T18:00")] // before the cut-off: when the store closes that day
    [InlineData("2026-11-23T14:00", "2026-11-24T18:00")]
    [InlineData("2026-11-25T09:00", "2026-11-26T00:00")] // it closes before the cut-off: that day
    [InlineData("2026-11-25T15:00", "2026-11-27T18:00")] // over a holiday
    [InlineData("2026-11-27T15:00", "2026-11-29T00:00")] // Saturday has no hours, but parcels leave
    [InlineData("2026-11-28T15:00", "2026-11-30T18:00")]
    public void A_parcel_is_promised_for_the_end_of_the_day_on_which_it_leaves(string now, string promise) =>
        Assert.Equal(At(promise), Schedule().Promise(FulfilmentType.Shipping, At(now)));

    [Fact]
    public void A_store_that_does_not_open_again_promises_no_pickup() =>
        Assert.Null(Schedule("""{"mon":[]}""").Promise(FulfilmentType.Pickup, At("2026-11-23T09:00")));

    [Theory]
    [InlineData("2026-11-23T12:00", "2026-11-23T12:00")] // possible as it is
    [InlineData("2026-11-23T08:30", "2026-11-23T09:20")] // before it can be ready
    [InlineData("2026-11-23T20:00", "2026-11-24T08:00")]
    [InlineData("2026-12-24T12:00", "2026-11-23T09:20")] // too far ahead
    public void The_nearest_time_to_a_wish_is_one_that_can_be_had(string wish, string nearest) =>
        Assert.Equal(At(nearest), Schedule().NearestTo(At(wish), At("2026-11-23T09:00")));

    [Fact]
    public void Every_time_that_is_offered_can_be_had()
    {
        var now = At("2026-11-23T09:03");
        var times = Schedule().PickupTimes(now).ToList();
        Assert.Equal(At("2026-11-23T09:30"), times[0]);
        Assert.Equal(At("2026-11-30T09:00"), times[^1]); // seven days ahead
        Assert.All(times, at => Assert.Equal(at, Schedule().NearestTo(at, now)));
        Assert.DoesNotContain(times, at => at.Day == 26);
        Assert.Equal(times.Distinct().Order(), times);
    }

    [Fact]
    public void A_busy_time_adds_its_minutes_until_it_ends()
    {
        var busy = Schedule() with { Busy = TimeSpan.FromMinutes(30), BusyUntil = At("2026-11-23T10:00") };
        Assert.Equal(At("2026-11-23T10:40"), busy.Promise(FulfilmentType.Pickup, At("2026-11-23T09:50")));
        Assert.Equal(At("2026-11-23T10:20"), busy.Promise(FulfilmentType.Pickup, At("2026-11-23T10:00")));
        Assert.Equal(At("2026-11-23T10:40"), busy.NearestTo(At("2026-11-23T10:15"), At("2026-11-23T09:50")));

        var untilTheCutoff = Schedule() with { Busy = TimeSpan.FromMinutes(30), BusyUntil = At("2026-11-23T14:00") };
        Assert.Equal(Schedule().Promise(FulfilmentType.Shipping, At("2026-11-23T14:00")),
            untilTheCutoff.Promise(FulfilmentType.Shipping, At("2026-11-23T13:45"))); // it does not leave on this day any more
    }

    [Fact]
    public void After_a_pause_the_store_opens_with_its_hours()
    {
        var paused = Schedule() with { PausedUntil = At("2026-11-23T20:00") };
        Assert.True(paused.IsPaused(At("2026-11-23T10:00")));
        Assert.Equal(At("2026-11-24T08:00"), paused.NextOpening(At("2026-11-23T10:00")));
        Assert.False(paused.IsPaused(At("2026-11-23T20:00")));
    }

    private static StoreSchedule Schedule(string hours = Hours) => new()
    {
        Zone = Berlin,
        Hours = OpeningHours.Read(hours, Berlin),
        Preparation = TimeSpan.FromMinutes(20),
        Busy = TimeSpan.Zero,
        BusyUntil = null,
        PausedUntil = null,
        IsActive = true,
        DispatchCutoff = 14 * 60,
        DispatchDays = ["mon", "tue", "wed", "thu", "fri", "sat"],
    };

    /// <summary>A time in Berlin in winter.</summary>
    private static DateTimeOffset At(string local) =>
        DateTimeOffset.Parse($"{local}:00+01:00", CultureInfo.InvariantCulture).ToUniversalTime();
}
