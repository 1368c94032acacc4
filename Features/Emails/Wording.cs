using System.Text.RegularExpressions;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>
/// How an e-mail is worded: plain text with placeholders such as <c>{name}</c>. It has no markup that could be broken: signs of
/// HTML are shown as they are.
/// </summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">Paragraphs with an empty line between.</param>
public sealed partial record Wording(string Subject, string Text)
{
    /// <summary>Tells what is wrong with an owner's words.</summary>
    /// <returns>The words as they are kept.</returns>
    internal static Wording Read(Fields fields, string at, EmailKind kind, string? subject, string? text)
    {
        if (subject?.Trim().IndexOfAny(['\r', '\n', '\u0085', '\u2028', '\u2029']) >= 0)
            fields.Refuse($"{at}.subject", "A subject is one line.");
        var wording = new Wording(
            fields.Text($"{at}.subject", subject, 200), fields.Text($"{at}.text", text?.ReplaceLineEndings("\n"), 5000, lines: true));
        Check(fields, $"{at}.subject", kind, wording.Subject);
        Check(fields, $"{at}.text", kind, wording.Text);
        if (NamesIn(wording.Subject).FirstOrDefault(EmailPlaceholders.IsLong) is { } tooLong)
            fields.Refuse($"{at}.subject", $"{{{tooLong}}} is too long for a subject.");
        return wording;
    }

    private static void Check(Fields fields, string at, EmailKind kind, string template)
    {
        var known = EmailPlaceholders.Of(kind);
        foreach (var name in NamesIn(template))
            if (!known.Contains(name))
                fields.Refuse(at,
                    $"There is no {{{name}}} in this message. It has: {string.Join(", ", known.Select(one => $"{{{one}}}"))}.");
        if (Placeholder().Replace(template, "").AsSpan().IndexOfAny('{', '}') >= 0)
            fields.Refuse(at, "A { or } stands alone. A placeholder is written as in {name}.");
    }

    private static IEnumerable<string> NamesIn(string template) =>
        Placeholder().Matches(template).Select(found => found.Groups[1].Value);

    [GeneratedRegex(@"\{([^{}\r\n]*)\}")]
    internal static partial Regex Placeholder();
}
