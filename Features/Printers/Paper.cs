using System.Globalization;
using System.Text;
using Wcwidth;

namespace StoreFlow.Features.Printers;

/// <summary>
/// Lines of text for a printer with so many columns. What comes from outside loses its control characters: a printer takes some of
/// them as commands, such as to open the cash drawer.
/// </summary>
internal sealed class Paper(int columns)
{
    private readonly StringBuilder _lines = new();

    public void Blank() => _lines.Append('\n');

    /// <summary>A line over the whole width.</summary>
    public void Rule(char of) => _lines.Append(of, columns).Append('\n');

    /// <summary>Text, broken between words, or inside a word that is longer than a line.</summary>
    /// <param name="text">The text; its line breaks stay.</param>
    /// <param name="first">What stands before it.</param>
    /// <param name="hanging">What stands before the lines after the first; as many blanks as there are in <paramref name="first"/>.</param>
    public void Write(string text, string first = "", string? hanging = null)
    {
        hanging ??= new string(' ', first.Length);
        foreach (var line in Clean(text).Split('\n').SelectMany(part => Broken(part, columns - first.Length)))
        {
            _lines.Append(first).Append(line).Append('\n');
            first = hanging;
        }
    }

    public override string ToString() => _lines.ToString();

    /// <summary>The columns that a text takes: two for a character of East Asian scripts and for an emoji, none for an accent.</summary>
    public static int WidthOf(string text) => text.EnumerateRunes().Sum(WidthOf);

    private static int WidthOf(Rune rune) => Math.Max(0, UnicodeCalculator.GetWidth(rune.Value));

    /// <summary>Without what a printer would not print but obey; a line break is one character.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\t', ' ').EnumerateRunes())
            if (rune.Value == '\n' || Rune.GetUnicodeCategory(rune) is not (
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
                clean.Append(rune);
        return clean.ToString();
    }

    private static IEnumerable<string> Broken(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            if (line.Length > 0 && WidthOf(line) + 1 + WidthOf(word) <= width)
            {
                line = $"{line} {word}";
                continue;
            }
            if (line.Length > 0)
                yield return line;
            while (WidthOf(rest) > width)
            {
                var piece = PieceOf(rest, width);
                yield return piece;
                rest = rest[piece.Length..];
            }
            line = rest;
        }
        yield return line;
    }

    // As much as fits, at least one character; what belongs to one character stays together.
    private static string PieceOf(string word, int width)
    {
        var (length, used) = (0, 0);
        while (length < word.Length)
        {
            var next = StringInfo.GetNextTextElement(word, length);
            if (length > 0 && used + WidthOf(next) > width)
                break;
            (length, used) = (length + next.Length, used + WidthOf(next));
        }
        return word[..length];
    }
}
