using System.Data.Common;
using System.Globalization;
using Dapper;

namespace StoreFlow.Features.Orders;

/// <summary>When a store can have an order ready, or send it. All times are those of its own zone.</summary>
public sealed record StoreSchedule
{
    /// <summary>How far ahead a customer may wish a time.</summary>
    public static readonly TimeSpan FarthestWish = TimeSpan.FromDays(7);

    public required TimeZoneInfo Zone { get; init; }
    public required OpeningHours Hours { get; init; }

    /// <summary>How long a pickup order takes from checkout until it is ready.</summary>
    public required TimeSpan Preparation { get; init; }

    /// <summary>How much longer that takes until <see cref="BusyUntil"/>.</summary>
    public required TimeSpan Busy { get; init; }
    public required DateTimeOffset? BusyUntil { get; init; }

    /// <summary>Until then the store takes no orders; null or past where it does.</summary>
    public required DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Whether the store takes orders at all.</summary>
    public required bool IsActive { get; init; }

    /// <summary>Minutes after midnight: an order to be sent that is placed before then leaves the same day.</summary>
    public required int DispatchCutoff { get; init; }

    /// <summary>The days on which parcels leave: <c>mon</c> to <c>sun</c>, at least one.</summary>
    public required IReadOnlyList<string> DispatchDays { get; init; }

    /// <summary>The columns of <c>stores</c> that <see cref="Row"/> has.</summary>
    public const string Columns = "time_zone, opening_hours, preparation_minutes, dispatch_cutoff, dispatch_days,\n" +
        "busy_minutes, busy_until, paused_until, active";

    /// <summary>What the database has of it.</summary>
    public record Row
    {
        public string? TimeZone { get; init; }
        public string? OpeningHours { get; init; }
        public int PreparationMinutes { get; init; }
        public int DispatchCutoff { get; init; }
        public required string DispatchDays { get; init; }
        public int BusyMinutes { get; init; }
        public DateTimeOffset? BusyUntil { get; init; }
        public DateTimeOffset? PausedUntil { get; init; }
        public bool Active { get; init; }

        /// <param name="serverZone">For a store without a zone of its own.</param>
        public StoreSchedule ToSchedule(TimeZoneInfo serverZone)
        {
            var zone = TimeZone is null ? serverZone : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
            return new()
            {
                Zone = zone,
                Hours = Orders.OpeningHours.Read(OpeningHours, zone),
                Preparation = TimeSpan.FromMinutes(PreparationMinutes),
                DispatchCutoff = DispatchCutoff,
                DispatchDays = DispatchDays.Split(','),
                Busy = TimeSpan.FromMinutes(BusyMinutes),
                BusyUntil = BusyUntil,
                PausedUntil = PausedUntil,
                IsActive = Active,
            };
        }
    }

    /// <summary>The schedule of a store, which has to exist.</summary>
    public static StoreSchedule Of(DbConnection db, long storeId, TimeZoneInfo serverZone) =>
        db.QuerySingle<Row>($"SELECT {Columns} FROM stores WHERE id = @storeId", new { storeId }).ToSchedule(serverZone);

    /// <summary>How long an order that is placed now takes: the preparation, and more while the store is busy.</summary>
    public TimeSpan PreparationAt(DateTimeOffset now) => IsBusy(now) ? Preparation + Busy : Preparation;

    public bool IsBusy(DateTimeOffset now) => now < BusyUntil;

    /// <summary>Whether it takes no new orders now.</summary>
    public bool IsPaused(DateTimeOffset now) => !IsActive || now < PausedUntil;

    /// <summary>When the store is open and takes orders: now, or later, after a pause; null where that is not within two months.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset now) =>
        IsActive ? Hours.FirstOpenFrom(IsPaused(now) ? PausedUntil!.Value : now) : null;

    /// <summary>When an order that is placed now is promised for; null where the store does not open within two months.</summary>
    public DateTimeOffset? Promise(FulfilmentType type, DateTimeOffset now) => type switch
    {
        FulfilmentType.Pickup => EarliestPickup(now),
        FulfilmentType.Shipping => Dispatch(IsBusy(now) ? now + Busy : now),
    };

    /// <summary>The first time at which an order that is placed now can be collected.</summary>
    public DateTimeOffset? EarliestPickup(DateTimeOffset now) => Hours.FirstOpenFrom(now + PreparationAt(now));

    /// <summary>The time that comes nearest to a wish: from the earliest pickup on, while the store is open.</summary>
    public DateTimeOffset? NearestTo(DateTimeOffset wish, DateTimeOffset now) =>
        EarliestPickup(now) is not { } earliest ? null
        : wish > earliest && wish <= now + FarthestWish && Hours.FirstOpenFrom(wish) is { } nearest && nearest <= now + FarthestWish
            ? nearest
        : earliest;

    /// <summary>The times that a customer may wish beside the earliest one: each half hour by the store's clock.</summary>
    public IEnumerable<DateTimeOffset> PickupTimes(DateTimeOffset now)
    {
        if (EarliestPickup(now) is not { } earliest)
            yield break;
        var step = TimeSpan.FromMinutes(30);
        var local = TimeZoneInfo.ConvertTime(earliest, Zone).DateTime;
        var day = DateOnly.FromDateTime(local);
        for (var minutes = (int)(Math.Ceiling(local.TimeOfDay / step) * step.TotalMinutes); ; minutes += (int)step.TotalMinutes)
        {
            var at = OpeningHours.InZone(Zone, day, minutes);
            if (at > now + FarthestWish)
                yield break;
            if (Hours.IsOpenAt(at) && at >= earliest)
                yield return at;
        }
    }

    // Parcels of a day leave until the store closes on that day, or until midnight where it has no hours then.
    private DateTimeOffset Dispatch(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        var day = DateOnly.FromDateTime(local);
        if (local.TimeOfDay.TotalMinutes >= DispatchCutoff)
            day = day.AddDays(1);
        while (!DispatchDays.Contains(OpeningHours.Weekday(day)) || Hours.IsHoliday(day))
            day = day.AddDays(1);
        var midnight = OpeningHours.InZone(Zone, day.AddDays(1), 0);
        return Hours.CloseOf(day) is { } closes && closes > OpeningHours.InZone(Zone, day, DispatchCutoff) && closes > now
            ? closes
            : midnight;
    }

    /// <summary>
    /// The name of a store's zone for a browser, as in <c>Europe/Berlin</c>. A server that cannot name its own zone has UTC.
    /// </summary>
    public static string NameOf(TimeZoneInfo zone) => zone.Id is "Local" ? "UTC" : zone.Id;

    /// <summary>A time of the past as people in the store's town read it: "25 Oct 2037, 00:30".</summary>
    public static string ToldInFull(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A time as people in the store's town read it, with the date where it is not today's: "17:40", "Fri 4 Dec, 17:40".</summary>
    public static string Told(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var here = TimeZoneInfo.ConvertTime(at, zone);
        var isToday = here.Date == TimeZoneInfo.ConvertTime(now, zone).Date;
        return here.ToString(isToday ? "HH:mm" : "ddd d MMM, HH:mm", CultureInfo.InvariantCulture);
    }
}
