using System.Collections.Frozen;
using System.Globalization;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Languages;

/// <summary>How a language writes dates, times and money.</summary>
public sealed partial class Language
{
    private readonly FrozenDictionary<string, string> _signs;

    /// <summary>By the clock of a zone: "17:40".</summary>
    public string Time(DateTimeOffset at, TimeZoneInfo zone) => Written(at, zone, "format.time");

    /// <summary>"4 Dec".</summary>
    public string Day(DateTimeOffset at, TimeZoneInfo zone) => Written(at, zone, "format.day");

    /// <summary>"Friday 4 December", of a day that is a date already.</summary>
    public string LongDay(DateTime day) => day.ToString(this["format.long_day"], Culture);

    /// <summary>"4 Dec 2026, 17:40".</summary>
    public string InFull(DateTimeOffset at, TimeZoneInfo zone) => Joined(Written(at, zone, "format.day_of_year"), Time(at, zone));

    /// <summary>A time as people in the store's town read it, with the date where it is not today's: "17:40", "Fri 4 Dec, 17:40".</summary>
    public string Told(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now) =>
        TimeZoneInfo.ConvertTime(at, zone).Date == TimeZoneInfo.ConvertTime(now, zone).Date
            ? Time(at, zone)
            : WithDay(at, zone);

    /// <summary>"Fri 4 Dec, 17:40", also where that is today.</summary>
    public string WithDay(DateTimeOffset at, TimeZoneInfo zone) =>
        Joined(Written(at, zone, "format.weekday_day"), Time(at, zone));

    /// <summary>A date and a time beside each other.</summary>
    public string Joined(string date, string time) => Text("format.date_time", date, time);

    private string Written(DateTimeOffset at, TimeZoneInfo zone, string format) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString(this[format], Culture);

    /// <summary>An amount in minor units with its currency, as in "1.234,50 €".</summary>
    /// <param name="minor">The amount.</param>
    /// <param name="currency">ISO 4217.</param>
    public string Money(long minor, string currency) => this == English
        ? Orders.Money.Format(minor, currency)
        : string.Format(CultureInfo.InvariantCulture, MoneyPattern(currency), Amount(minor, currency));

    /// <summary>An amount's pattern, with <c>{0}</c> for its number: "{0} €".</summary>
    public string MoneyPattern(string currency)
    {
        if (this == English)
            return Orders.Money.Format(0, currency).Replace(Orders.Money.Number(0, currency), "{0}");
        var (pattern, sign) = (this["format.money"], _signs.GetValueOrDefault(currency, currency));
        // Letters do not touch the number: "€4,80", but "CHF 4,80".
        if (pattern.Contains("{1}{0}", StringComparison.Ordinal) && char.IsLetter(sign[^1]))
            sign += '\u00A0';
        return pattern.Replace("{1}", sign);
    }

    private string Amount(long minor, string currency)
    {
        var number = decimal.Parse(Orders.Money.Number(minor, currency), CultureInfo.InvariantCulture);
        var whole = $"{decimal.Truncate(Math.Abs(number))}".Length;
        return number.ToString((whole < GroupFrom ? "F" : "N") + Currencies.DigitsOf(currency), Culture);
    }

    /// <summary>From how many digits on thousands are set apart: 4, in Spanish 5.</summary>
    public int GroupFrom => int.Parse(this["format.group_from"], CultureInfo.InvariantCulture);

    private static CultureInfo CultureOf(FrozenDictionary<string, string> texts)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var (dates, numbers) = (culture.DateTimeFormat, culture.NumberFormat);
        // .NET asks for a thirteenth month.
        dates.MonthNames = dates.MonthGenitiveNames = [.. texts["format.months"].Split(Bar), ""];
        dates.AbbreviatedMonthNames = dates.AbbreviatedMonthGenitiveNames = [.. texts["format.months_short"].Split(Bar), ""];
        dates.DayNames = texts["format.weekdays"].Split(Bar);
        dates.AbbreviatedDayNames = texts["format.weekdays_short"].Split(Bar);
        (dates.AMDesignator, dates.PMDesignator) = (texts["format.am"], texts["format.pm"]);
        (numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator) = (texts["format.decimal"], texts["format.group"]);
        return CultureInfo.ReadOnly(culture);
    }
}
