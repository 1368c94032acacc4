using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using StoreFlow.Features.Languages;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>
/// Dates, times, money and plural forms as Unicode's CLDR has them: the browser's ICU is asked for the same. English is as it
/// always was in StoreFlow, so it is not compared.
/// </summary>
public sealed partial class FormatTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public static TheoryData<string> Others => TextsTests.Others;

    [SkippableTheory]
    [MemberData(nameof(Others))]
    public async Task Dates_and_times_are_CLDRs(string code)
    {
        var language = Language.Find(code)!;
        var times = Enumerable.Range(0, 24)
            .Select(i => new DateTimeOffset(2026, 1, 3, 4, 7, 0, TimeSpan.Zero).AddDays(i * 16).AddHours(i)).ToList();
        var theirs = await Ask<string[][]>("""
            ([language, timeZone, times]) => times.map(at => [
              { hour: '2-digit', minute: '2-digit' }, { day: 'numeric', month: 'short' },
              { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
              { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
              { weekday: 'long', day: 'numeric', month: 'long' },
            ].map(options => new Intl.DateTimeFormat(language, { timeZone, ...options }).format(new Date(at))))
            """, new object[] { code, Zone.Id, times.Select(at => at.ToString("o", CultureInfo.InvariantCulture)) });
        Assert.All(times.Zip(theirs), pair =>
        {
            var at = pair.First;
            string[] ours =
            [
                language.Time(at, Zone), language.Day(at, Zone), language.Told(at, Zone, at.AddDays(-2)), language.InFull(at, Zone),
                language.LongDay(TimeZoneInfo.ConvertTime(at, Zone).Date),
            ];
            Assert.Equal(pair.Second.Select(SameBlanks), ours.Select(SameBlanks));
        });
    }

    [SkippableTheory]
    [MemberData(nameof(Others))]
    public async Task Money_is_CLDRs(string code)
    {
        var language = Language.Find(code)!;
        string[] currencies = ["EUR", "USD", "GBP", "CHF", "JPY", "TRY", "SAR", "KWD", "PLN", "EGP"];
        long[] amounts = [0, 5, 480, 99_999, 123_450, 1_234_567_890];
        var theirs = await Ask<string[][]>("""
            ([language, currencies, amounts]) => currencies.map(currency => {
              const format = new Intl.NumberFormat(language, { style: 'currency', currency });
              return amounts.map(minor => format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits));
            })
            """, new object[] { code, currencies, amounts });
        Assert.All(currencies.Zip(theirs), pair => Assert.Equal(
            pair.Second.Select(SameBlanks), amounts.Select(amount => SameBlanks(language.Money(amount, pair.First)))));
    }

    [SkippableTheory]
    [MemberData(nameof(Others))]
    public async Task Plural_forms_are_CLDRs(string code)
    {
        int[] counts = [.. Enumerable.Range(0, 231), 1_000, 1_001, 1_000_000, 1_000_003, 2_000_000];
        var theirs = await Ask<string[]>(
            "([language, counts]) => counts.map(count => new Intl.PluralRules(language).select(count))", new object[] { code, counts });
        Assert.Equal(theirs, counts.Select(count => Plurals.Of(code, count)));
    }

    private async Task<T> Ask<T>(string script, object argument)
    {
        var page = await Device();
        await page.GotoAsync("/shop/1");
        return JsonSerializer.Deserialize<T>((await page.EvaluateAsync(script, argument))!.Value)!;
    }

    // CLDR changes between the kinds of blanks from release to release.
    private static string SameBlanks(string text) => Blank().Replace(text, " ");

    [GeneratedRegex("[\u00A0\u202F]")]
    private static partial Regex Blank();
}
