using System.Text.RegularExpressions;

namespace StoreFlow.Tests;

/// <summary>Reads the markup of a page roughly: what stands in it as it is, neither code nor a tag.</summary>
internal static partial class RazorMarkup
{
    /// <summary>Texts between tags, and those in attributes that people read or hear.</summary>
    public static IEnumerable<string> BareTexts(string page)
    {
        var markup = Code().Replace(Statement().Replace(Directive().Replace(CodeBlock().Replace(page, ""), ""), Here), Here);
        var inAttributes = Attribute().Matches(markup).Select(attribute => attribute.Groups["text"].Value);
        var betweenTags = Tag().Replace(markup, "\n").Split('\n').Where(line => !CodeLine().IsMatch(line));
        return inAttributes.Concat(betweenTags).Select(text => text.Replace(Here, "").Trim()).Where(text => Letters().IsMatch(text));
    }

    private const string Here = "¤"; // where an expression stood

    // In brackets, however deep, with the strings that may have brackets in them.
    private const string Brackets =
        @"[(\[](?>[^()\[\]""']+|""(?:[^""\\]|\\.)*""|'(?:[^'\\]|\\.)*'|[(\[](?<deep>)|[)\]](?<-deep>))*(?(deep)(?!))[)\]]";

    [GeneratedRegex(@"^@code\b.*", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^@(page|using|inject|inherits|implements|layout|attribute|namespace) .*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex($@"(@|\belse )(if|foreach|for|while|switch|lock|using) *{Brackets}")]
    private static partial Regex Statement();

    [GeneratedRegex($@"@\*.*?\*@|@\w*({Brackets}|[?!]?\.\w+|\?(?=\[))*", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\b(aria-label|title|placeholder|alt|Label|Hint|Title|Question|Done|Confirm|Text)=""(?<text>[^""]*)""")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"</?[A-Za-z!](""[^""]*""|[^""<>])*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\s*(else|case\b.*:|default:|//.*|[{}].*|.*[;{}(]|(if|foreach|var)\b.*)\s*$")]
    private static partial Regex CodeLine();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Letters();
}
