using System.Text.Json;

using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>The line of a JSON text on which each value stands, by its path: <c>stores[0].products[2].price</c>.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, long> _lines = [];
    private readonly List<string> _givenTwice = [];

    public JsonLines(byte[] json)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var (line, seen) = (1L, 0);
        var parents = new Stack<(string Path, int Index, HashSet<string> Names)>(); // an object has index -1
        var name = "";
        while (reader.Read())
        {
            for (; seen < reader.TokenStartIndex; seen++)
                line += json[seen] == '\n' ? 1 : 0;
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                name = reader.GetString()!;
                if (!parents.Peek().Names.Add(name))
                    _givenTwice.Add(Member(parents.Peek().Path, name));
                continue;
            }
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                parents.Pop();
                continue;
            }
            var path = "";
            if (parents.TryPop(out var parent))
            {
                path = parent.Index < 0 ? Member(parent.Path, name) : $"{parent.Path}[{parent.Index}]";
                parents.Push(parent.Index < 0 ? parent : parent with { Index = parent.Index + 1 });
            }
            _lines[path] = line;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                parents.Push((path, reader.TokenType is JsonTokenType.StartArray ? 0 : -1, []));
        }
    }

    /// <summary>The paths of the members that an object has more than once.</summary>
    public IReadOnlyList<string> GivenTwice => _givenTwice;

    /// <summary>The errors, each with its line. A missing value gets the line of the entry that lacks it.</summary>
    public ShopFileException ToException(Fields fields) =>
        new([.. fields.Errors.SelectMany(field => field.Value.Select(sentence => (Of(field.Key), $"{field.Key}: {sentence}")))]);

    private static string Member(string parent, string name) => $"{parent}.{name}".TrimStart('.');

    private long Of(string path)
    {
        while (path.Length > 0 && !_lines.ContainsKey(path))
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        return _lines[path];
    }
}
