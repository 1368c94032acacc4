using System.Text.RegularExpressions;
using StoreFlow.Features.Languages;
using static StoreFlow.Features.Emails.EmailContent;

namespace StoreFlow.Features.Emails;

/// <summary>
/// The HTML of an e-mail: one column of paragraphs with their styles in place, since mail programs drop style sheets. The sheet at its
/// head is for those that know dark colours.
/// </summary>
internal static class EmailHtml
{
    private const string Dark = """
        @media (prefers-color-scheme: dark) {
          .mail { background: #17181a !important; color: #a9adb3 !important; }
          .card { background: #232529 !important; color: #f2f3f5 !important; }
          .quiet { color: #a9adb3 !important; }
          .code { background: #17181a !important; color: #f2f3f5 !important; }
          .link { color: #8ab4f8 !important; }
          .button { background: #8ab4f8 !important; color: #101114 !important; }
        }
        """;

    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
    private const string Gap = "margin:0 0 16px";

    public static string Page(string subject, string store, string paragraphs, string footer, Language language) => $"""
        <!DOCTYPE html>
        <html lang="{language.Code}" dir="{language.Direction}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>{Escape(subject)}</title>
        <style>
        {Dark}
        </style>
        </head>
        <body class="mail" style="margin:0;padding:24px 12px;background:#f2f2ef;color:#55595f;{Font}">
        <div class="card" dir="{language.Direction}" style="max-width:520px;margin:0 auto;padding:24px;background:#ffffff;color:#1c1d1f;
        border-radius:12px;font-size:16px;line-height:1.5;overflow-wrap:anywhere">
        <p class="quiet" dir="auto" style="{Gap};color:#55595f;font-weight:600">{Escape(store)}</p>
        {paragraphs}</div>
        <p dir="auto" style="max-width:520px;margin:16px auto 0;padding:0 24px;font-size:13px;line-height:1.5">{Escape(footer)}</p>
        </body>
        </html>

        """;

    /// <summary>One paragraph. A link or the code that has it to itself is made easy to touch or to read.</summary>
    public static string Paragraph(
        IReadOnlyList<string> lines, IReadOnlyDictionary<string, string> values, bool isForShop, Language language) =>
        lines is [var only] && Wording.Placeholder().Match(only) is { Success: true } found && found.Value == only.Trim()
            ? Alone(found.Groups[1].Value, values.GetValueOrDefault(found.Groups[1].Value, ""), isForShop, language)
            : $"<p dir=\"auto\" style=\"{Gap}\">{string.Join("<br>\n", lines.Select(line => Line(line, values)))}</p>\n";

    private static string Alone(string name, string value, bool isForShop, Language language) =>
        EmailPlaceholders.ButtonOf(name, isForShop, language) is { } label
            ? $"<p style=\"{Gap}\"><a class=\"button\" href=\"{Escape(value)}\" style=\"display:inline-block;padding:12px 20px;"
                + "background:#1f4fd8;color:#ffffff;border-radius:8px;text-decoration:none;font-weight:600\">"
                + $"{Escape(label)}</a></p>\n"
        : name == "code"
            ? $"<p style=\"{Gap}\"><span class=\"code\" style=\"display:inline-block;padding:8px 20px;background:#f2f2ef;color:#1c1d1f;"
                + $"border-radius:8px;font-size:32px;font-weight:700;letter-spacing:6px\">{Escape(value)}</span></p>\n"
        : $"<p dir=\"auto\" style=\"{Gap}\">{Value(name, value)}</p>\n";

    // Text and values by turns: what stands in a value is never read as a placeholder.
    private static string Line(string line, IReadOnlyDictionary<string, string> values)
    {
        var (html, from) = ("", 0);
        foreach (Match found in Wording.Placeholder().Matches(line))
        {
            html += Escape(line[from..found.Index]) + Value(found.Groups[1].Value, values.GetValueOrDefault(found.Groups[1].Value, ""));
            from = found.Index + found.Length;
        }
        return html + Escape(line[from..]);
    }

    private static string Value(string name, string value) => name is "link" or "tracking_link"
        ? $"<a class=\"link\" href=\"{Escape(value)}\" style=\"color:#1f4fd8\">{Escape(value)}</a>"
        : string.Join("<br>\n", value.ReplaceLineEndings("\n").Split('\n').Select(Escape));
}
