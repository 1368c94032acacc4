using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace StoreFlow.Features.Languages;

/// <summary>The texts of the staff pages in one language.</summary>
/// <remarks>
/// The pages and the rules say everything in English. Another language is one file, <c>Staff.de.resx</c>, by the English text. Where one
/// English word has two meanings, what stands before a bar tells them apart and is not shown: <c>button|Ready</c>.
/// </remarks>
public sealed partial class StaffTexts
{
    /// <summary>Before the texts that the scripts of the pages say.</summary>
    public const string Script = "script";

    /// <summary>Before the texts that a rule puts into the place of another: "3 minutes ago".</summary>
    private const string Part = "part";

    private const char Bar = '|';

    private readonly FrozenDictionary<string, string> _texts;
    private readonly Lazy<IReadOnlyList<(Regex English, string Text)>> _sentences;
    private readonly Lazy<IReadOnlyList<(Regex English, string Text)>> _parts;

    private StaffTexts(Language language, FrozenDictionary<string, string> texts)
    {
        (Language, _texts) = (language, texts);
        OfScripts = texts.Where(text => MeaningOf(text.Key) == $"{Script}{Bar}")
            .ToDictionary(text => WithoutMeaning(text.Key), text => text.Value);
        _sentences = new(() => PatternsOf(meaning: "", place: ".+?"));
        _parts = new(() => PatternsOf($"{Part}{Bar}", place: @"\d+")); // what else a place has, is a name or somebody's words
    }

    /// <summary>How it writes dates, times and money.</summary>
    public Language Language { get; }

    /// <summary>What the scripts of the pages say, by the English text.</summary>
    public IReadOnlyDictionary<string, string> OfScripts { get; }

    public static StaffTexts English { get; } = new(Language.English, FrozenDictionary<string, string>.Empty);

    /// <summary>English, and then every language that has a file, by code.</summary>
    public static IReadOnlyList<StaffTexts> All { get; } =
        [English, .. LanguageFiles.Read("Staff").Select(file => new StaffTexts(Language.Find(file.Code)!, file.Texts))];

    /// <summary>The languages that the staff pages speak, English first.</summary>
    public static IReadOnlyList<Language> Languages { get; } = [.. All.Select(texts => texts.Language)];

    /// <param name="code">As in <c>de</c> or <c>de-AT</c>; null where the staff pages do not speak it.</param>
    public static StaffTexts? Find(string? code) => Of(Language.Find(code));

    /// <returns>Null where the staff pages do not speak it.</returns>
    internal static StaffTexts? Of(Language? language) => All.FirstOrDefault(texts => texts.Language == language);

    /// <summary>The English texts that it has a translation for, each with its meaning.</summary>
    internal IEnumerable<string> Keys => _texts.Keys;

    /// <summary>An English text in this language; the English one where it has no translation.</summary>
    public string this[string english] => _texts.GetValueOrDefault(english) ?? WithoutMeaning(english);

    /// <summary>A text with its places <c>{0}</c>, <c>{1}</c> filled.</summary>
    public string this[string english, params ReadOnlySpan<object?> values] => string.Format(Language.Culture, this[english], values);

    /// <summary>The text for a count, which is its place <c>{0}</c>: "1 day", "3 days".</summary>
    public string Count(long count, string one, string other) =>
        Plurals.Of(Language.Code, count) == "one" ? this[one, count] : this[other, count];

    /// <summary>A label as it stands within a sentence: English writes it small, German keeps the capitals of its nouns.</summary>
    public string WithinSentence(string label) => this == English ? label.ToLowerInvariant() : label;

    /// <summary>What a rule says in English, its places filled already, in this language.</summary>
    /// <param name="english">One sentence or several. Where no text fits one of them, all stays as it is.</param>
    public string Sentence(string english) => Sentences(english) ?? english;

    private string? Sentences(string english)
    {
        if (_texts.TryGetValue(english, out var text))
            return text;
        // Before a place could take a whole sentence in.
        for (var end = 1; end < english.Length; end++)
            if (english[end] == ' ' && english[end - 1] is '.' or '!' or '?'
                && One(english[..end]) is { } first && Sentences(english[(end + 1)..]) is { } others)
                return $"{first} {others}";
        return Filled(english, _sentences.Value);
    }

    private string? One(string sentence) => _texts.GetValueOrDefault(sentence) ?? Filled(sentence, _sentences.Value);

    private string PartOf(string sentence) =>
        _texts.GetValueOrDefault($"{Part}{Bar}{sentence}") ?? Filled(sentence, _parts.Value) ?? sentence;

    private string? Filled(string english, IReadOnlyList<(Regex English, string Text)> patterns)
    {
        foreach (var (pattern, text) in patterns)
            if (pattern.Match(english) is { Success: true } match)
                return string.Format(Language.Culture, text, [.. match.Groups.Values.Skip(1).Select(InPlace)]);
        return null;

        // Names of fields stand in brackets: "(price, on sale)".
        string InPlace(Group place) => place.Index > 0 && english[place.Index - 1] == '('
            ? string.Join(", ", place.Value.Split(", ").Select(field => _texts.GetValueOrDefault($"field{Bar}{field}") ?? field))
            : PartOf(place.Value);
    }

    private static string WithoutMeaning(string key) => key[(key.IndexOf(Bar) + 1)..];

    // The one that says most first. Labels are no sentences, and would fit much that they do not mean.
    private List<(Regex English, string Text)> PatternsOf(string meaning, string place) =>
    [
        .. from text in _texts
           where text.Key.Contains("{0}", StringComparison.Ordinal) && MeaningOf(text.Key) == meaning
           let english = WithoutMeaning(text.Key)
           where meaning.Length > 0 || EndOfSentence().IsMatch(english)
           orderby Place().Replace(english, "").Length descending
           select (PatternOf(english, place), text.Value),
    ];

    // Places are numbered in the order in which English has them.
    private static Regex PatternOf(string english, string place) => new(
        $@"\A{string.Join($"({place})", Place().Split(english).Select(Regex.Escape))}\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private static string MeaningOf(string key) => key[..(key.IndexOf(Bar) + 1)];

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"[.!?:…](”|( ?\{\d+\})*)$")]
    private static partial Regex EndOfSentence();
}
