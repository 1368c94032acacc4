using System.Data.Common;
using System.Globalization;

namespace StoreFlow.Features.Merchants;

/// <summary>One field before and after a change, as text.</summary>
/// <param name="Field">Its name in JSON.</param>
/// <param name="Before">Null where it was empty or the thing is new.</param>
/// <param name="After">Null where it is empty now.</param>
public sealed record FieldChange(string Field, string? Before = null, string? After = null);

/// <summary>The fields of a thing that its log tells about.</summary>
internal sealed class LoggedFields<T>(params (string Name, Func<T, object?> Value)[] fields) where T : class
{
    /// <summary>What differs. A new thing has no <paramref name="before"/>.</summary>
    public IReadOnlyList<FieldChange> Between(T? before, T after) =>
    [
        .. from field in fields
           let old = before is null ? null : Text(field.Value(before))
           let now = Text(field.Value(after))
           where old != now
           select new FieldChange(field.Name, old, now),
    ];

    /// <summary>
    /// Writes a thing and its row in the log, in the caller's write transaction: every thing that a merchant manages is saved
    /// this way. Nothing is written where nothing differs.
    /// </summary>
    /// <param name="db">The connection.</param>
    /// <param name="before">As it was; null where it is new.</param>
    /// <param name="after">As it shall be.</param>
    /// <param name="write">Writes it, and returns it as the database has it now.</param>
    /// <param name="subject">What the log calls it, once it is written.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public Saved<T> Save(
        DbConnection db, T? before, T after, Func<IReadOnlyList<FieldChange>, T> write, Func<T, MerchantLog.Subject> subject,
        long? author, DateTimeOffset now)
    {
        var changes = Between(before, after);
        if (before is not null && changes.Count == 0)
            return new(before, changes);
        var saved = write(changes);
        MerchantLog.Append(db, subject(saved), before is null ? LogAction.Created : LogAction.Changed, changes, author, now);
        return new(saved, changes);
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        bool yes => yes ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}

/// <summary>A thing as it is now, and what that changed.</summary>
internal sealed record Saved<T>(T Now, IReadOnlyList<FieldChange> Changes);
