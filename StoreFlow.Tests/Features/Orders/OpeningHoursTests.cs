using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>When a store is open, by its own clock: nights, holidays, summer time, and zones far away.</summary>
public sealed class OpeningHoursTests
{
    private const string Weekly = """
        {"mon":["08:00-12:30","14:00-18:00"],"fri":["18:00-02:00"],"2026-12-28":[],"2026-12-27":["10:00-11:00"]}
        """;

    [Theory]
    [InlineData("2026-11-23T07:00:00Z", true)]   // Monday, 08:00 in Berlin
    [InlineData("2026-11-23T06:59:59.999Z", false)]
    [InlineData("2026-11-23T11:30:00Z", false)]  // at noon it closes
    [InlineData("2026-11-23T11:29:59.999Z", true)]
    [InlineData("2026-11-24T09:00:00Z", false)]  // Tuesday has no hours
    [InlineData("2026-11-27T23:30:00Z", true)]   // Friday's night, Saturday by the clock
    [InlineData("2026-11-28T01:00:00Z", false)]
    [InlineData("2026-12-28T09:00:00Z", false)]  // a Monday that is closed
    [InlineData("2026-12-27T09:30:00Z", true)]   // a Sunday that is open
    public void A_span_holds_by_the_clock_of_the_store(string instant, bool isOpen) =>
        Assert.Equal(isOpen, Berlin(Weekly).IsOpenAt(At(instant)));

    [Theory]
    [InlineData("2026-11-23T11:30:00Z", "2026-11-23T13:00:00Z")]
    [InlineData("2026-11-24T09:00:00Z", "2026-11-27T17:00:00Z")]
    [InlineData("2026-12-26T09:00:00Z", "2026-12-27T09:00:00Z")]
    [InlineData("2026-12-27T12:00:00Z", "2027-01-01T17:00:00Z")] // over the closed Monday to Friday
    [InlineData("2026-11-23T08:15:00Z", "2026-11-23T08:15:00Z")] // open already
    public void It_opens_next(string instant, string opens) => Assert.Equal(At(opens), Berlin(Weekly).FirstOpenFrom(At(instant)));

    [Fact]
    public void Without_hours_it_is_always_open_and_without_a_single_opening_never()
    {
        Assert.True(Berlin(null).IsOpenAt(At("2026-11-24T03:00:00Z")));
        Assert.Null(Berlin("""{"mon":[]}""").FirstOpenFrom(At("2026-11-24T03:00:00Z")));
        Assert.Null(Berlin("""{"2027-03-01":["08:00-09:00"]}""").FirstOpenFrom(At("2026-11-24T03:00:00Z"))); // more than two months away
    }

    [Theory]
    // Clocks go forward on 29 March 2026 at 02:00: from 01:30 to 03:30 an hour passes. An opening at 02:30 is at 03:30 by the clock.
    [InlineData("""{"sun":["01:30-03:30"]}""", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("""{"sun":["02:30-05:00"]}""", "2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z")]
    // Clocks go back on 25 October 2026 at 03:00: from 01:30 to 03:30 three hours pass. An opening at 02:30 is at the first 02:30.
    [InlineData("""{"sun":["01:30-03:30"]}""", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z")]
    [InlineData("""{"sun":["02:30-05:00"]}""", "2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z")]
    public void A_change_of_the_clocks_moves_no_opening(string hours, string opens, string closes)
    {
        var berlin = Berlin(hours);
        Assert.Equal(At(opens), berlin.FirstOpenFrom(At(opens).AddHours(-20)));
        Assert.True(berlin.IsOpenAt(At(closes).AddMilliseconds(-1)));
        Assert.False(berlin.IsOpenAt(At(closes)));
    }

    [Fact]
    public void A_zone_fourteen_hours_ahead_has_its_own_day()
    {
        var hours = OpeningHours.Read("""{"tue":["08:00-18:00"]}""", TimeZoneInfo.FindSystemTimeZoneById("Pacific/Kiritimati"));
        Assert.Equal(At("2026-11-23T18:00:00Z"), hours.FirstOpenFrom(At("2026-11-23T12:00:00Z"))); // Monday in London
        Assert.True(hours.IsOpenAt(At("2026-11-24T03:59:00Z")));
        Assert.False(hours.IsOpenAt(At("2026-11-24T04:00:00Z")));
    }

    [Theory]
    [InlineData("mon", "08:00-18:00", null)]
    [InlineData("2026-12-24", "00:00-24:00", null)]
    [InlineData("mon", "22:00-04:00", null)]
    [InlineData("monday", "08:00-18:00", "opening_hours.monday")]
    [InlineData("2026-02-30", "08:00-18:00", "opening_hours.2026-02-30")]
    [InlineData("mon", "8:00-18:00", "opening_hours.mon[0]")]
    [InlineData("mon", "08:00-25:00", "opening_hours.mon[0]")]
    [InlineData("mon", "24:00-08:00", "opening_hours.mon[0]")]
    [InlineData("mon", "08:00", "opening_hours.mon[0]")]
    [InlineData("mon", null, "opening_hours.mon[0]")]
    public void What_cannot_be_read_is_named(string day, string? span, string? field)
    {
        var fields = new Fields();
        OpeningHours.Check(fields, "opening_hours", new Dictionary<string, List<string?>?> { [day] = [span] });
        Assert.Equal(field, fields.Errors.Keys.SingleOrDefault());
    }

    private static OpeningHours Berlin(string? hours) => OpeningHours.Read(hours, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
