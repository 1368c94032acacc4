using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace StoreFlow.Features.Languages;

/// <summary>The texts of the staff pages in one language.</summary>
/// <remarks>
/// The pages and the rules say everything in English. Another language is one file, <c>Staff.de.resx</c>, by the English text. Where one
/// English word has two meanings, what stands before a bar tells them apart and is not shown: <c>button|Ready</c>.
/// </remarks>
public sealed class StaffTexts
{
    /// <summary>Before the texts that the scripts of the pages say.</summary>
    public const string Script = "script";

    /// <summary>Before the texts that a rule puts into the place of another: "3 minutes ago".</summary>
    private const string Part = "part";

    private const char Bar = '|';

    private readonly FrozenDictionary<string, string> _texts;
    private readonly Lazy<IReadOnlyList<(string Start, Regex Pattern, string Text)>> _patterns;

    private StaffTexts(Language language, FrozenDictionary<string, string> texts)
    {
        (Language, _texts) = (language, texts);
        _patterns = new(() =>
        [
            .. from text in _texts
               where text.Key.Contains("{0}", StringComparison.Ordinal)
               orderby text.Key.Length descending
               let start = text.Key.StartsWith($"{Part}{Bar}", StringComparison.Ordinal) ? Part : ""
               select (start, PatternOf(WithoutMeaning(text.Key)), text.Value),
        ]);
    }

    /// <summary>How it writes dates, times and money.</summary>
    public Language Language { get; }

    public static StaffTexts English { get; } = new(Language.English, FrozenDictionary<string, string>.Empty);

    /// <summary>English, and then every language that has a file, by code.</summary>
    public static IReadOnlyList<StaffTexts> All { get; } =
        [English, .. LanguageFiles.Read("Staff").Select(file => new StaffTexts(Language.Find(file.Code)!, file.Texts))];

    /// <summary>The languages that the staff pages speak, English first.</summary>
    public static IReadOnlyList<Language> Languages { get; } = [.. All.Select(texts => texts.Language)];

    /// <param name="code">As in <c>de</c> or <c>de-AT</c>; null where the staff pages do not speak it.</param>
    public static StaffTexts? Find(string? code) =>
        Language.Find(code) is { } language ? All.FirstOrDefault(texts => texts.Language == language) : null;

    /// <summary>The English texts that it has a translation for, each with its meaning.</summary>
    internal IEnumerable<string> Keys => _texts.Keys;

    /// <summary>An English text in this language; the English one where it has no translation.</summary>
    public string this[string english] => _texts.GetValueOrDefault(english) ?? WithoutMeaning(english);

    /// <summary>A text with its places <c>{0}</c>, <c>{1}</c> filled.</summary>
    public string this[string english, params ReadOnlySpan<object?> values] => string.Format(Language.Culture, this[english], values);

    /// <summary>The text for a count, which is its place <c>{0}</c>: "1 day", "3 days".</summary>
    public string Count(long count, string one, string other) =>
        Plurals.Of(Language.Code, count) == "one" ? this[one, count] : this[other, count];

    /// <summary>What a rule says in English, its places filled already, in this language.</summary>
    /// <param name="english">A sentence that no text fits stays as it is.</param>
    public string Sentence(string english) => Sentence(english, start: "");

    private string Sentence(string english, string start)
    {
        if (_texts.TryGetValue(start.Length == 0 ? english : $"{start}{Bar}{english}", out var text))
            return text;
        foreach (var (kind, pattern, translation) in _patterns.Value)
            if (kind == start && pattern.Match(english) is { Success: true } match)
                return string.Format(Language.Culture, translation,
                    [.. match.Groups.Cast<Group>().Skip(1).Select(group => Sentence(group.Value, Part))]);
        return english;
    }

    /// <summary>What the scripts of the pages say, by the English text.</summary>
    public IReadOnlyDictionary<string, string> OfScripts => _texts
        .Where(text => text.Key.StartsWith($"{Script}{Bar}", StringComparison.Ordinal))
        .ToDictionary(text => WithoutMeaning(text.Key), text => text.Value);

    private static string WithoutMeaning(string key) => key[(key.IndexOf(Bar) + 1)..];

    // Places are numbered in the order in which English has them.
    private static Regex PatternOf(string english) => new(
        $"^{Regex.Replace(Regex.Escape(english), @"\\\{\d+\}", "(.+?)")}$", RegexOptions.Singleline | RegexOptions.CultureInvariant);
}
