using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>What the staff pages and the rules say, as the source has it.</summary>
internal static partial class SaidTexts
{
    /// <summary>The texts that pages and scripts ask for by the English one: <c>Texts["Save"]</c>, <c>say('Copied')</c>.</summary>
    public static readonly IReadOnlySet<string> Keys = Sources
        .SelectMany(source => Asked().Matches(source).Select(asked => asked.Groups["key"].Value).Where(key => key[0] != '$')
            .SelectMany(key => Choice().Matches(key).Select(choice => choice.Groups["text"].Value))
            .Concat(Counted().Matches(source).SelectMany(counted => new[] { counted.Groups["one"].Value, counted.Groups["other"].Value })))
        .Select(Unescaped)
        .Where(key => !NameOfText().IsMatch(key)) // the customers' texts have names
        .Concat(Source.Scripts.Values.SelectMany(script => Say().Matches(script).Select(said => $"script|{said.Groups["text"].Value}")))
        .ToHashSet();

    /// <summary>The meanings that stand before a word that is not in the source at that place: <c>Texts[$"role|{role}"]</c>.</summary>
    public static readonly IReadOnlySet<string> ComputedMeanings =
        Sources.SelectMany(source => Computed().Matches(source).Select(match => match.Groups["meaning"].Value)).ToHashSet();

    /// <summary>Every text in quotation marks, whole and each sentence of it, with <c>{0}</c> where an expression stands in it.</summary>
    public static readonly IReadOnlySet<string> Literals = Sources
        .Select(source => OverSeveralLines().Replace(source, ""))
        .SelectMany(source => Plain().Matches(source).Concat(Interpolated().Matches(source)).Select(match => match.Groups["text"].Value))
        .SelectMany(text => new[] { Unescaped(text) }.Concat(SentencesOf(Unescaped(Place().Replace(text, Here)))))
        .ToHashSet();

    /// <summary>The sentences of the refusals that a file makes, with a 7 where an expression stands.</summary>
    public static IEnumerable<string> RefusalsIn(string source) =>
        from refusal in Refused().Matches(OverSeveralLines().Replace(source, ""))
        from text in Alone().Matches(refusal.Value).Select(match => match.Groups["text"].Value)
            .Concat(Interpolated().Matches(refusal.Value).Select(match => Place().Replace(match.Groups["text"].Value, "7")))
        where Sentence().IsMatch(text)
        select Unescaped(text);

    /// <summary>Scripts in which <c>say</c> gets something else than a text, so that nobody knows what is said.</summary>
    public static IEnumerable<string> UnclearScripts => Source.Scripts
        .Where(script => SayAnything().Count(script.Value) != Say().Count(script.Value))
        .Select(script => script.Key);

    private const string Here = "¤";

    private static IEnumerable<string> Sources => Source.Pages.Values.Concat(Source.Files.Values);

    private static IEnumerable<string> SentencesOf(string text) =>
        EndOfSentence().Split(text).Append(text).Select(sentence =>
        {
            var place = 0;
            return Regex.Replace(sentence, Here, _ => $"{{{place++}}}");
        });

    private static string Unescaped(string literal) =>
        literal.Replace("\\\"", "\"").Replace("\\n", "\n").Replace("\\u00A0", "\u00A0").Replace("{{", "{").Replace("}}", "}");

    private const string Text = @"(?:[^""\\\n]|\\.)*";
    private const string Expression = $@"(?:\{{\{{)?\{{(?:[^{{}}""\n]|""{Text}""|\{{[^{{}}\n]*\}})*\}}(?:\}}\}})?";

    [GeneratedRegex($@"[Tt]exts\[(?<key>\$?""(?:[^""\\]|\\.)*""|(?:[^""\[\],]|""{Text}"")+)")]
    private static partial Regex Asked();

    [GeneratedRegex($@"(?:^|[?:]\s*|=>\s*)""(?<text>{Text})""")]
    private static partial Regex Choice();

    [GeneratedRegex($@"[Tt]exts\.Count\([^;]*?,\s*""(?<one>{Text})"",\s*""(?<other>{Text})""\)")]
    private static partial Regex Counted();

    [GeneratedRegex(@"[Tt]exts\[\$""(?<meaning>\w+)\|\{")]
    private static partial Regex Computed();

    [GeneratedRegex(@"^[a-z_]+\.[a-z_.]+$")]
    private static partial Regex NameOfText();

    [GeneratedRegex(@"\bsay\((?<quote>['""`])(?<text>.*?)\k<quote>")]
    private static partial Regex Say();

    [GeneratedRegex(@"(?<!const )\bsay\(")]
    private static partial Regex SayAnything();

    [GeneratedRegex(@"""\s*\+\s*\$?""")]
    private static partial Regex OverSeveralLines();

    [GeneratedRegex(@"(Refuse|Refused<\w+>|Invalid|NotAllowed)\([^;]*;|new( Refusal)?\(\s*Reason\.\w+,[^;]*;")]
    private static partial Regex Refused();

    [GeneratedRegex(@"^[\w“].* .*[.?!]$")]
    private static partial Regex Sentence();

    [GeneratedRegex($@"""(?<text>{Text})""")]
    private static partial Regex Plain();

    [GeneratedRegex($@"(?<!\$)""(?<text>{Text})""")]
    private static partial Regex Alone();

    [GeneratedRegex($@"\$""(?<text>(?:[^""\\{{}}\n]|\\.|{Expression}|\{{\{{|\}}\}})*)""")]
    private static partial Regex Interpolated();

    [GeneratedRegex(Expression)]
    private static partial Regex Place();

    [GeneratedRegex($"(?<=[.!?]|^{Here}) ")]
    private static partial Regex EndOfSentence();
}
