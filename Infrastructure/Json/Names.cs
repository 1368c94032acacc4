using System.Text.Json;

namespace StoreFlow.Infrastructure;

/// <summary>Enums as the database, JSON and URLs write them: <c>in_progress</c>.</summary>
public static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => Table<T>.Names[value];

    /// <summary>The value with this name, or null.</summary>
    public static T? Find<T>(string name) where T : struct, Enum => Table<T>.Values.TryGetValue(name, out var value) ? value : null;

    /// <summary>The value that the database keeps under this name.</summary>
    public static T Read<T>(string name) where T : struct, Enum =>
        Find<T>(name) ?? throw new InvalidOperationException($"{name} is no {typeof(T).Name}.");

    /// <summary>All the names, for a sentence: "pickup, shipping".</summary>
    public static string All<T>() where T : struct, Enum => string.Join(", ", Table<T>.Names.Values);

    private static class Table<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Names =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
