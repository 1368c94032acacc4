using System.Globalization;
using System.Text.Json;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// When a store is open, in its own time zone: spans by weekday (<c>mon</c> to <c>sun</c>), and by date (<c>2026-12-24</c>), which
/// counts instead of the weekday. A span may end after midnight. A store without opening hours is always open.
/// </summary>
public sealed class OpeningHours
{
    private const int MinutesOfDay = 24 * 60;
    private const int LookAhead = 62; // days: a store that opens later than that has no next opening

    public static readonly IReadOnlyList<string> Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly Dictionary<string, Span[]>? _spans;
    private readonly TimeZoneInfo _zone;

    /// <summary>Minutes after midnight; <c>Closes</c> is later than a day has where the span ends after midnight.</summary>
    private readonly record struct Span(int Opens, int Closes);

    /// <summary>One time that the store is open: from <c>Opens</c>, until just before <c>Closes</c>.</summary>
    public readonly record struct Opening(DateTimeOffset Opens, DateTimeOffset Closes);

    private OpeningHours(Dictionary<string, Span[]>? spans, TimeZoneInfo zone) => (_spans, _zone) = (spans, zone);

    public bool IsAlwaysOpen => _spans is null;

    /// <param name="stored">JSON as <see cref="Store"/> writes it; null for a store that is always open.</param>
    /// <param name="zone">The store's time zone.</param>
    public static OpeningHours Read(string? stored, TimeZoneInfo zone) => new(
        stored is null
            ? null
            : JsonSerializer.Deserialize<Dictionary<string, string[]>>(stored, Json.Stored)!
                .ToDictionary(day => day.Key, day => Array.ConvertAll(day.Value, ReadSpan)),
        zone);

    /// <summary>Checks spans as people write them: <c>{"mon": ["08:00-12:30", "14:00-18:00"], "2026-12-25": []}</c>.</summary>
    /// <param name="fields">Gets what is wrong.</param>
    /// <param name="at">The name of the field that has them.</param>
    /// <param name="days">Spans by day.</param>
    public static void Check(Fields fields, string at, IReadOnlyDictionary<string, List<string?>?> days)
    {
        foreach (var (day, spans) in days)
        {
            if (!Weekdays.Contains(day) && !IsDate(day))
                fields.Refuse($"{at}.{day}", $"A day is one of {string.Join(", ", Weekdays)}, or a date as in 2026-12-24.");
            foreach (var (i, span) in (spans ?? []).Index())
                if (!IsSpan(span))
                    fields.Refuse($"{at}.{day}[{i}]", "This has to be two times of day, as in 08:00-18:00.");
        }
    }

    private static bool IsDate(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsSpan(string? span) => span is { Length: 11 } && span[5] == '-'
        && MinutesOf(span[..5]) is not (null or MinutesOfDay) && MinutesOf(span[6..]) is not null;

    /// <summary>The same as JSON for the database.</summary>
    public static string Store(IReadOnlyDictionary<string, List<string?>?> days) =>
        JsonSerializer.Serialize(days.ToDictionary(day => day.Key, day => day.Value ?? []), Json.Stored);

    public bool IsOpenAt(DateTimeOffset instant) => FirstOpenFrom(instant) == instant;

    /// <summary>Whether the hours of this very date, not of its weekday, say that the store is closed: a holiday.</summary>
    public bool IsHoliday(DateOnly day) => _spans?.GetValueOrDefault(Iso(day)) is [];

    /// <summary>The first instant from then on at which the store is open; null where it does not open within two months.</summary>
    public DateTimeOffset? FirstOpenFrom(DateTimeOffset instant)
    {
        if (IsAlwaysOpen)
            return instant;
        foreach (var opening in OpeningsFrom(instant))
            return opening.Opens > instant ? opening.Opens : instant;
        return null;
    }

    /// <summary>When the store, open now, closes next; null where it is closed, or always open.</summary>
    public DateTimeOffset? OpenUntil(DateTimeOffset instant) =>
        OpeningsFrom(instant).Where(opening => opening.Opens <= instant)
            .Select(opening => (DateTimeOffset?)opening.Closes)
            .FirstOrDefault();

    /// <summary>When the store closes for the day, on a day of its zone; null where it is closed on that day, or always open.</summary>
    public DateTimeOffset? CloseOf(DateOnly day) =>
        SpansOf(day).Select(span => At(day, span.Closes)).Cast<DateTimeOffset?>().Max();

    // The day before, too: its last span may end after midnight.
    private IEnumerable<Opening> OpeningsFrom(DateTimeOffset instant)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).DateTime);
        return Enumerable.Range(-1, LookAhead + 1)
            .Select(today.AddDays)
            .SelectMany(day => SpansOf(day).Select(span => new Opening(At(day, span.Opens), At(day, span.Closes))))
            .Where(opening => opening.Closes > instant && opening.Closes > opening.Opens)
            .OrderBy(opening => opening.Opens);
    }

    private Span[] SpansOf(DateOnly day) => _spans is null
        ? []
        : _spans.GetValueOrDefault(Iso(day)) ?? _spans.GetValueOrDefault(Weekday(day)) ?? [];

    /// <summary>The day's name among <see cref="Weekdays"/>.</summary>
    public static string Weekday(DateOnly day) => Weekdays[((int)day.DayOfWeek + 6) % 7];

    /// <summary>As in 2026-11-22.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private DateTimeOffset At(DateOnly day, int minutes) => InZone(_zone, day, minutes);

    /// <summary>
    /// A time of day as an instant. A time that the change to summer time leaves out is an hour later by the clock; of one that
    /// comes twice the first counts.
    /// </summary>
    public static DateTimeOffset InZone(TimeZoneInfo zone, DateOnly day, int minutes)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minutes);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static Span ReadSpan(string text)
    {
        var (opens, closes) = (MinutesOf(text[..5])!.Value, MinutesOf(text[6..])!.Value);
        return new(opens, closes > opens ? closes : closes + MinutesOfDay);
    }

    /// <summary>A time of day from 00:00 to 24:00 as minutes after midnight; null where the text is none.</summary>
    public static int? MinutesOf(string time) => time == "24:00" ? MinutesOfDay
        : TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? (at.Hour * 60) + at.Minute
        : null;

    /// <summary>Minutes after midnight as a time of day: 14:00.</summary>
    public static string TimeOf(long minutes) => $"{minutes / 60:00}:{minutes % 60:00}";
}
