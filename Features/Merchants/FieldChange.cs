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

    private static string? Text(object? value) => value switch
    {
        null => null,
        bool yes => yes ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
