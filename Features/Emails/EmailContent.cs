using System.Net;
using System.Text;
using StoreFlow.Features.Languages;

namespace StoreFlow.Features.Emails;

/// <summary>An e-mail as it is read: its subject, and the same words as plain text and as HTML.</summary>
internal sealed record EmailContent(string Subject, string Text, string Html)
{
    /// <summary>Puts values in the places of a wording's placeholders. A line in which one has no value is left out.</summary>
    /// <param name="wording">The words.</param>
    /// <param name="values">By placeholder; <c>store</c> has to be there for a message of a store.</param>
    /// <param name="isForShop">Whether the shop reads it, not a customer.</param>
    /// <param name="language">The reader's language.</param>
    public static EmailContent Render(
        Wording wording, IReadOnlyDictionary<string, string> values, bool isForShop, Language language)
    {
        var paragraphs = wording.Text.ReplaceLineEndings("\n").Split("\n\n")
            .Select(paragraph => paragraph.Split('\n').Select(line => line.TrimEnd()).Where(HasAll).ToList())
            .Where(lines => lines.Any(line => line.Length > 0))
            .ToList();
        var store = values.GetValueOrDefault("store", "StoreFlow");
        var footer = EmailTexts.Footer(isForShop, store, language);
        var subject = OneLine(Fill(wording.Subject));
        var text = new StringBuilder();
        foreach (var lines in paragraphs)
            text.AppendJoin('\n', lines.Select(Fill)).Append("\n\n");
        text.Append("-- \n").Append(footer).Append('\n');
        var html = string.Concat(paragraphs.Select(lines => EmailHtml.Paragraph(lines, values, isForShop, language)));
        return new(subject, text.ToString(), EmailHtml.Page(subject, store, html, footer, language));

        bool HasAll(string line) => Wording.Placeholder().Matches(line).All(found => Value(found.Groups[1].Value).Length > 0);

        string Value(string name) => values.GetValueOrDefault(name, "");

        string Fill(string template) => Wording.Placeholder().Replace(template, found => Value(found.Groups[1].Value));
    }

    /// <summary>Text for a header: a line break in a name would begin another header, so it is a blank.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Text as HTML shows it.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);
}
