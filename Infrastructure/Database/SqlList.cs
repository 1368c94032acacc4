using System.Text.Json;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Values for a statement that says <c>IN (SELECT value FROM json_each(@ids))</c>: however many they are, it stays the same text, which
/// SQLite has prepared already.
/// </summary>
public static class SqlList
{
    public static string Of(IEnumerable<long> numbers) => $"[{string.Join(',', numbers)}]";

    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    public static string Of<T>(IEnumerable<T> values) where T : struct, Enum => JsonSerializer.Serialize(values.Select(Names.Of));
}
