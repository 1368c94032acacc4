using System.Collections.Frozen;
using System.Globalization;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Languages;

/// <summary>A language that customers read: its texts, and how it writes dates, times and money.</summary>
/// <remarks>Each is one file, <c>Texts.de.resx</c>; English is <c>Texts.resx</c>, and <see cref="Lifecycle"/> for the stages.</remarks>
public sealed partial class Language
{
    /// <summary>The separator of lists in a text: months, weekdays, countries.</summary>
    private const char Bar = '|';

    private readonly FrozenDictionary<string, string> _texts;

    private Language(string code, FrozenDictionary<string, string> texts)
    {
        (Code, _texts) = (code, texts);
        Culture = CultureOf(texts);
        _signs = Pairs("format.signs").ToFrozenDictionary(sign => sign.Code, sign => sign.Text);
    }

    /// <summary>ISO 639: <c>de</c>.</summary>
    public string Code { get; }

    /// <summary>What its speakers call it.</summary>
    public string Name => this["language.name"];

    /// <summary>For the attribute <c>dir</c> of a page: <c>ltr</c> or <c>rtl</c>.</summary>
    public string Direction => this["language.direction"];

    /// <summary>The invariant culture with this language's names of months and weekdays. The program runs without culture data.</summary>
    public CultureInfo Culture { get; }

    public static Language English { get; }

    /// <summary>English, and then every language that has a file, by code.</summary>
    public static IReadOnlyList<Language> All { get; }

    private static readonly FrozenDictionary<string, Language> ByCode;

    /// <summary>The key of each English sentence that rules and fields say.</summary>
    private static readonly FrozenDictionary<string, string> KeyOf;

    static Language()
    {
        All = [.. LanguageFiles.Read("Texts").Select(file => new Language(file.Code, file.Texts))];
        English = All[0];
        ByCode = All.ToFrozenDictionary(language => language.Code, StringComparer.OrdinalIgnoreCase);
        KeyOf = English._texts.Where(text => text.Key.StartsWith("refusal.", StringComparison.Ordinal))
            .ToFrozenDictionary(text => text.Value, text => text.Key, StringComparer.Ordinal);
    }

    /// <param name="code">As in <c>de</c> or <c>de-AT</c>: the part before the dash counts.</param>
    public static Language? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code.Trim().Split('-', '_')[0]);

    /// <summary>The names of all texts that it has.</summary>
    internal IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The text of this name; the English one where this language lacks it.</summary>
    /// <exception cref="KeyNotFoundException">English lacks it, too.</exception>
    public string this[string key] =>
        _texts.TryGetValue(key, out var text) ? text
        : this == English ? throw new KeyNotFoundException($"There is no text “{key}”.")
        : English[key];

    /// <summary>The text with its places <c>{0}</c>, <c>{1}</c> filled.</summary>
    public string Text(string key, params ReadOnlySpan<object?> values) => string.Format(Culture, this[key], values);

    /// <summary>The text for a count, as in <c>refusal.too_long.few</c>, with its place <c>{0}</c> filled.</summary>
    /// <param name="key">Without the form.</param>
    /// <param name="count">What decides on the form.</param>
    public string Count(string key, long count)
    {
        var form = $"{key}.{Plurals.Of(Code, count)}";
        return Text(_texts.ContainsKey(form) ? form : $"{key}.other", count);
    }

    /// <summary>A sentence that a rule says in English, in this language, with its places filled.</summary>
    /// <param name="english">As Texts.resx has it; a sentence that stands nowhere there stays English.</param>
    /// <param name="values">For its places.</param>
    public string Translate(string english, params object?[] values) => KeyOf.GetValueOrDefault(english) switch
    {
        null => string.Format(Culture, english, values),
        var key when key.EndsWith(".other", StringComparison.Ordinal) =>
            Count(key[..^".other".Length], Convert.ToInt64(values[0], CultureInfo.InvariantCulture)),
        var key => Text(key, values),
    };

    /// <summary>The name of a stage on the customer's page.</summary>
    public string NameOf(Stage stage) => Of(stage, "name") ?? stage.Name;

    /// <summary>The customer's headline.</summary>
    public string HeadlineOf(Stage stage) => Of(stage, "headline") ?? stage.Headline;

    /// <summary>What the customer can expect next; <c>{store}</c> and <c>{city}</c> stand for their names.</summary>
    public string NextOf(Stage stage) => Of(stage, "next") ?? stage.Next;

    private string? Of(Stage stage, string what) => _texts.GetValueOrDefault(KeyFor(stage, what));

    /// <summary>The name of what a stage says: <c>stage.pickup.ready.headline</c>. English has none: the lifecycle says it.</summary>
    internal static string KeyFor(Stage stage, string what) => $"stage.{Names.Of(stage.Type)}.{Names.Of(stage.Status)}.{what}";

    /// <summary>Countries by ISO 3166-1 in the order of this language's alphabet; empty where it has no list.</summary>
    public IReadOnlyList<(string Code, string Name)> Countries =>
        _texts.ContainsKey("countries") ? [.. Pairs("countries").Select(country => (country.Code, country.Text))] : [];

    private IEnumerable<(string Code, string Text)> Pairs(string key) => this[key].ReplaceLineEndings($"{Bar}")
        .Split(Bar, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split(' ', 2))
        .Select(entry => (entry[0], entry[1]));
}
