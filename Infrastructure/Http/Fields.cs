using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace StoreFlow.Infrastructure;

/// <summary>Reads the fields of a body and collects what is wrong with each, so that one answer names it all.</summary>
/// <param name="words">Says a sentence of <see cref="FieldSentences"/> in the reader's language; null for English.</param>
public sealed class Fields(Fields.Words? words = null)
{
    /// <param name="english">With places such as <c>{0}</c>.</param>
    /// <param name="values">For its places.</param>
    public delegate string Words(string english, params object?[] values);

    private readonly Dictionary<string, string[]> _errors = [];
    private readonly Words _words = words ?? ((english, values) => string.Format(CultureInfo.InvariantCulture, english, values));

    /// <summary>What is wrong, or null.</summary>
    public Refusal? Refusal => _errors.Count == 0 ? null : Refusal.Invalid(_errors);

    public IReadOnlyDictionary<string, string[]> Errors => _errors;

    public void Refuse(string field, string sentence) => _errors.TryAdd(field, [sentence]);

    /// <summary>Refuses a field in the reader's language.</summary>
    public void Tell(string field, string english, params object?[] values) => Refuse(field, _words(english, values));

    /// <summary>Adds what another reader found.</summary>
    public void Include(IReadOnlyDictionary<string, string[]> errors)
    {
        foreach (var (field, sentences) in errors)
            _errors.TryAdd(field, sentences);
    }

    /// <summary>Text that has to be there, without the blanks around it; any script, any emoji, but no control characters.</summary>
    /// <param name="field">Its name in the body.</param>
    /// <param name="text">What was sent.</param>
    /// <param name="longest">Characters at most.</param>
    /// <param name="shortest">Characters at least.</param>
    /// <param name="lines">Whether line breaks may stand in it.</param>
    public string Text(string field, string? text, int longest, int shortest = 1, bool lines = false)
    {
        text = text?.Trim() ?? "";
        if (text.Length == 0 && shortest == 1)
            Tell(field, FieldSentences.Needed);
        else if (text.Length < shortest)
            Tell(field, FieldSentences.TooShort, shortest);
        else if (text.Length > longest)
            Tell(field, FieldSentences.TooLong, longest);
        else if (text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')))
            Tell(field, FieldSentences.Unprintable);
        return text;
    }

    /// <summary>Text that may be missing; blank counts as missing.</summary>
    public string? OptionalText(string field, string? text, int longest, bool lines = false) =>
        string.IsNullOrWhiteSpace(text) ? null : Text(field, text, longest, lines: lines);

    /// <summary>
    /// An e-mail address that can stand unchanged in a mail's header and in a <c>mailto</c> link: letters and digits of any
    /// script, a few signs before the @, and dots and dashes.
    /// </summary>
    public string Email(string field, string? text)
    {
        var email = Text(field, text, longest: 254);
        if (!_errors.ContainsKey(field)
            && !(MailAddress.TryCreate(email, out var address) && address.Address == email
                 && IsMadeOf(address.User, ".-_+'=~") && IsMadeOf(address.Host, ".-")))
            Tell(field, FieldSentences.NotEmail);
        return email;

        static bool IsMadeOf(string part, string signs) => part.EnumerateRunes().All(rune =>
            Rune.IsLetterOrDigit(rune) || rune.IsAscii && signs.Contains((char)rune.Value)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
    }

    /// <summary>A whole number in the query or a header, which may be left out.</summary>
    public long? WholeNumber(string field, string? text)
    {
        if (text is null)
            return null;
        if (!long.TryParse(text, CultureInfo.InvariantCulture, out var number))
            Refuse(field, "This has to be a whole number.");
        return number;
    }

    /// <summary>A day in the query, which may be left out.</summary>
    public DateOnly? Day(string field, string? text)
    {
        var day = ReadDay(text);
        if (text is not null && day is null)
            Refuse(field, "This has to be a day, as in 2026-11-22.");
        return day;
    }

    /// <summary>A day as in 2026-11-22; null where the text is none, or none that a shop has orders on.</summary>
    public static DateOnly? ReadDay(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 1970 and < 9000 ? day : null;

    /// <summary>A whole number between two bounds, both included.</summary>
    public long Number(string field, long? number, long least, long most)
    {
        if (number is null || number < least || number > most)
            Tell(field, most == long.MaxValue ? FieldSentences.NumberFrom : FieldSentences.NumberBetween, least, most);
        return number ?? 0;
    }

    /// <summary>One of the names of an enum.</summary>
    public T Choice<T>(string field, T? choice) where T : struct, Enum
    {
        if (choice is null)
            Tell(field, FieldSentences.OneOf, Names.All<T>());
        return choice.GetValueOrDefault();
    }
}
