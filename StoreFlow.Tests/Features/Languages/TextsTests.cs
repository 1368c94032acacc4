using System.Reflection;
using System.Text.RegularExpressions;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Emails;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>The texts of all languages beside each other, and beside the code that shows them.</summary>
public sealed partial class TextsTests
{
    private static readonly string[] Forms = ["zero", "one", "two", "few", "many", "other"];

    public static TheoryData<string> Others => [.. Language.All.Skip(1).Select(language => language.Code)];

    /// <summary>What English says: its file, and the lifecycle for the stages.</summary>
    private static readonly IReadOnlyDictionary<string, string> English = Language.English.Keys
        .ToDictionary(key => key, key => Language.English[key])
        .Concat(Lifecycle.Stages.SelectMany(stage => new[]
        {
            KeyValuePair.Create(Language.KeyFor(stage, "name"), stage.Name),
            KeyValuePair.Create(Language.KeyFor(stage, "headline"), stage.Headline),
            KeyValuePair.Create(Language.KeyFor(stage, "next"), stage.Next),
        }))
        .ToDictionary();

    [Fact]
    public void The_six_languages_are_there() =>
        Assert.Equal(["en", "ar", "de", "es", "fr", "tr"], Language.All.Select(language => language.Code));

    [Theory]
    [MemberData(nameof(Others))]
    public void A_language_has_every_text_and_no_other(string code)
    {
        var language = Language.Find(code)!;
        var counted = English.Keys.Where(IsForm).Select(WithoutForm).Distinct().ToList();
        Assert.NotEmpty(counted);
        var forms = Enumerable.Range(0, 201).Append(1_000_000).Select(count => Plurals.Of(code, count)).Distinct().ToList();
        var expected = English.Keys.Where(key => !IsForm(key))
            .Concat(counted.SelectMany(key => forms.Select(form => $"{key}.{form}")))
            .Append("countries");
        Assert.Equal(expected.Order(StringComparer.Ordinal), language.Keys.Order(StringComparer.Ordinal));
        Assert.All(language.Keys, key => Assert.False(string.IsNullOrEmpty(language[key]), key));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void A_text_has_the_places_of_the_English_one(string code)
    {
        var language = Language.Find(code)!;
        Assert.All(language.Keys.Where(key => key != "countries"), key => Assert.Equal(
            (key, Places(English[IsForm(key) ? $"{WithoutForm(key)}.other" : key])), (key, Places(language[key]))));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void A_language_names_every_country_once(string code)
    {
        var named = Language.Find(code)!.Countries;
        Assert.Equal(
            StoreFlow.Features.Storefront.Countries.All.Select(country => country.Code).Order(StringComparer.Ordinal),
            named.Select(country => country.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_text_is_shown_somewhere_and_every_text_that_is_shown_exists()
    {
        var used = Source.Files.Values.Concat(Source.Pages.Values)
            .SelectMany(source => Key().Matches(source).Select(match => match.Groups[1].Value))
            .Concat(Enum.GetValues<CancelReason>()
                .Where(reason => reason is not (CancelReason.Duplicate or CancelReason.SuspectedFraud or CancelReason.Other))
                .Select(reason => $"cancel.{Names.Of(reason)}"))
            .Concat(Enum.GetValues<EmailKind>().Where(kind => !kind.IsForShop())
                .SelectMany(kind => new[] { $"email.{Names.Of(kind)}_subject", $"email.{Names.Of(kind)}_text" }))
            .Where(key => !FileName().IsMatch(key))
            .Distinct().Order(StringComparer.Ordinal);
        var there = Language.English.Keys.Where(key => !key.StartsWith("refusal.", StringComparison.Ordinal));
        Assert.Equal(there.Order(StringComparer.Ordinal), used);
    }

    [Fact]
    public void Every_sentence_of_a_refusal_has_a_text_and_every_text_is_said()
    {
        var said = new[] { typeof(FieldSentences), typeof(CheckoutSentences) }
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!);
        // Of a counted sentence the code says the one for many.
        var there = Language.English.Keys
            .Where(key => key.StartsWith("refusal.", StringComparison.Ordinal) && !key.EndsWith(".one", StringComparison.Ordinal))
            .Select(key => Language.English[key]);
        Assert.Equal(there.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    private static bool IsForm(string key) => Forms.Any(form => key.EndsWith($".{form}", StringComparison.Ordinal));

    private static string WithoutForm(string key) => key[..key.LastIndexOf('.')];

    private static string Places(string text) =>
        string.Join(' ', Place().Matches(text).Select(place => place.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\.(json|css|js)$")]
    private static partial Regex FileName();

    [GeneratedRegex("\"((?:language|format|missing|shop|track|cancel|slip|ticket|email|push|told)\\.[a-z_0-9]+)\"")]
    private static partial Regex Key();
}
