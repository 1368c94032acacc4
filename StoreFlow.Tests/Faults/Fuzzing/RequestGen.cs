using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using StoreFlow.Tests.Docs;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>
/// Makes requests from the API's own description. Most of them are nearly right, because a request that is all wrong is
/// refused at once.
/// </summary>
internal sealed class RequestGen(ApiDocument document, IReadOnlyList<string> publicIds)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string?> Tokens = Gens.Mostly(
        (10, Gens.Any<string?>(
            $"Bearer {StoreFlowApp.Owner}", $"Bearer {StoreFlowApp.Manager}",
            $"Bearer {StoreFlowApp.Staff}", $"Bearer {StoreFlowApp.Rival}")),
        (1, Gens.Any<string?>(
            null, "", "Bearer", "Bearer nobody", "bearer demo-staff", "Basic AAAA", "Bearer demo-staff, Bearer demo-owner",
            "Bearer é\u0001")));

    private static readonly Gen<(string, string)> OddHeaders = Gens.Any(
        ("Accept", "application/xml"), ("Accept", "*/*"), ("Accept-Language", "xx-é"),
        ("Cookie", "storeflow=nonsense"), ("Cookie", "storeflow=; storeflow=x; ="),
        ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"),
        ("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-For", "not an address"), ("X-Forwarded-Proto", "https"),
        ("X-HTTP-Method-Override", "DELETE"), ("Expect", "200-ok"), ("Range", "bytes=0-1"), ("If-Match", "\"1\""),
        ("Upgrade", "h2c"), ("traceparent", "00-zz"), ("Content-Encoding", "gzip"), ("Host", "else.example"),
        ("Idempotency-Key", "k-1"), ("Idempotency-Key", "é"), ("Last-Event-ID", "-1"), ("Last-Event-ID", "1, 2"));

    /// <summary>Text of all kinds, and texts that often cause faults.</summary>
    public static readonly Gen<string> Texts = Gens.Mostly(
        (3, Gen.String[Gen.Char.AlphaNumeric, 0, 12]),
        (2, Gen.String[0, 40].Select(text => new string([.. text.Where(c => !char.IsSurrogate(c))]))),
        (2, Gens.Any(
            "", " ", "\0", "🍞", "e\u0301", "\u202Eabc", "' OR 1=1 --", "%", "_", "\\", "\"", "<script>", "{{7*7}}", "../..", "null",
            "ı", "ﬀ", "\uFFFF", "٣", "1e3", "store : x AND", "*", "NEAR(")),
        (1, Gen.Int[1, 3000].Select(length => new string('x', length))));

    private static readonly Gen<string> Numbers = Gens.Mostly(
        (6, Gen.Int[0, 12].Select(number => $"{number}")),
        (2, Gens.Any("-1", "999", "1000", "9223372036854775807", "9223372036854775808", "1.0", "1.5", "1e2", "-0", "00", "1E400")),
        (1, Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture))));

    private static readonly Gen<string> OddValues = Gen.OneOf(
        Numbers,
        Texts.Select(Quoted),
        Gens.Any(
            "null", "true", "[]", "{}", "[null]", "[[[[]]]]", "\"\\ud83d\"", "\"\\u0000\"", "NaN", "'x'", "{\"a\":{\"a\":{}}}"));

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);

    public Gen<Generated> Requests => Gens.Any([.. document.Operations]).SelectMany(RequestOf);

    private Gen<Generated> RequestOf(ApiDocument.Operation operation)
    {
        var method = Gens.Mostly(
            (30, Gens.Just(operation.Method)),
            (1, Gens.Any("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE")));
        var body = operation.Body is { } json
            ? Gens.Mostly(
                (8, ValueOf(json.GetProperty("schema"), json.GetProperty("example"), careful: true)
                    .Select(byte[]? (text) => Encoding.UTF8.GetBytes(text))),
                (6, Texted(ValueOf(json.GetProperty("schema"), json.GetProperty("example"), careful: false))),
                (1, Texted(OddValues)),
                (1, Gens.Just<byte[]?>(null)))
            : Gens.Mostly((9, Gens.Just<byte[]?>(null)), (1, Texted(OddValues)));
        var contentType = Gens.Mostly(
            (20, Gens.Just<string?>("application/json")),
            (1, Gens.Any<string?>(
                null, "", "text/plain", "application/json; charset=klingon", "application/json; charset=utf-16",
                "application/x-www-form-urlencoded", "multipart/form-data", "application/vnd.x+json", "json", "é/é")));
        var headers = Gen.Select(
            Gens.Mostly((4, Gens.Just<(string, string)[]>([])), (1, OddHeaders.Array[1, 3])),
            HeadersOf(operation),
            ((string, string)[] odd, (string, string)[] own) => (IReadOnlyList<(string, string)>)[.. odd, .. own]);
        return Gen.Select(method, PathOf(operation), Tokens, headers, body, contentType, (m, path, token, h, b, type) =>
            new Generated(operation.Name, m, path, token, h, m is "GET" or "HEAD" ? null : b, type));
    }

    private Gen<string> PathOf(ApiDocument.Operation operation)
    {
        var parameters = Parameters(operation).ToList();
        var id = operation.Path.StartsWith("/stores", StringComparison.Ordinal) ? Gen.Int[1, 4] : Gen.Int[1, publicIds.Count + 2];
        var oddId = Gens.Mostly(
            (2, Numbers),
            (1, Texts.Where(text => text is not ("" or "." or "..")).Select(Uri.EscapeDataString)), // these make another path
            (1, Gens.Any("%2F", "%252F", "1%20", "%C0%80", "%ED%A0%80", "1;x=1", "~", "%F0%9F%8D%9E")));
        var key = operation.Path.Contains("public_id")
            ? Gens.Mostly((6, Gens.Any([.. publicIds])), (2, oddId))
            : Gens.Mostly((8, id.Select(number => $"{number}")), (1, oddId));
        var names = parameters.Where(parameter => parameter.Text("in") == "query").Select(parameter => parameter.Text("name"));
        var query = Gens.Any(names.Append("access_token").ToArray())
            .SelectMany(name => Gen.OneOf(ChoicesOf(parameters, name), Numbers, Texts)
                .Select(value => $"{name}={Uri.EscapeDataString(value)}"))
            .Array[0, 4];
        return Gen.Select(key, query, (value, pairs) =>
            Regex.Replace(operation.Path, @"\{\w+\}", value) + (pairs.Length == 0 ? "" : "?" + string.Join('&', pairs)));
    }

    private static Gen<string> ChoicesOf(List<JsonElement> parameters, string name)
    {
        var schema = parameters
            .Where(parameter => parameter.Text("name") == name)
            .Select(parameter => parameter.GetProperty("schema"))
            .FirstOrDefault();
        if (schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("items", out var items))
            schema = items;
        return schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("enum", out var choices)
            ? Gens.Any(choices.EnumerateArray().Select(choice => choice.GetString()!).ToArray())
            : Numbers;
    }

    private static Gen<(string, string)[]> HeadersOf(ApiDocument.Operation operation)
    {
        var names = Parameters(operation)
            .Where(parameter => parameter.Text("in") == "header")
            .Select(parameter => parameter.Text("name"))
            .ToArray();
        return names.Length == 0 ? Gens.Just<(string, string)[]>([])
            : Gen.Select(Gens.Any(names), Gen.OneOf(Numbers, Gen.String[Gen.Char.AlphaNumeric, 1, 3])).Array[0, 1];
    }

    private static IEnumerable<JsonElement> Parameters(ApiDocument.Operation operation) =>
        operation.Json.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [];

    /// <summary>JSON text that fits a schema, mostly as in its example. Where it is not careful, a few values are wrong.</summary>
    private Gen<string> ValueOf(JsonElement schema, JsonElement? example, bool careful)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return ValueOf(document.Schema(reference.GetString()!.Split('/')[^1]), example, careful);
        if (schema.TryGetProperty("oneOf", out var choices))
            return Gens.Mostly((6, ValueOf(choices.EnumerateArray().Last(), example, careful)), (1, Gens.Just("null")));
        var right = schema switch
        {
            _ when schema.TryGetProperty("enum", out var names) =>
                Gens.Any(names.EnumerateArray().Select(name => name.GetRawText()).ToArray()),
            _ when schema.TryGetProperty("properties", out var properties) => ObjectOf(properties, example, careful),
            _ when schema.TryGetProperty("items", out var items) =>
                ValueOf(items, FirstOf(example), careful)
                    .Array[careful ? 1 : 0, 3].Select(values => $"[{string.Join(',', values)}]"),
            _ when example is { ValueKind: not JsonValueKind.Null } given => Gens.Mostly(
                (12, Gens.Just(given.GetRawText())),
                (careful ? 0 : 1, given.ValueKind is JsonValueKind.Number ? Numbers : Texts.Select(Quoted))),
            _ => Gen.OneOf(Numbers, Texts.Select(Quoted)),
        };
        return careful ? right : Gens.Mostly((30, right), (1, OddValues));
    }

    private static JsonElement? FirstOf(JsonElement? example) =>
        example is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? array[0] : null;

    private static JsonElement? MemberOf(JsonElement? example, string name) =>
        example is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty(name, out var value) ? value : null;

    private Gen<string> ObjectOf(JsonElement properties, JsonElement? example, bool careful) => properties.EnumerateObject()
        .Select(property => Gen.Select(
            ValueOf(property.Value, MemberOf(example, property.Name), careful),
            property.Name == "version" ? Gens.Any(0, 0, 0, 1)
                // What the example leaves out is left out here too, or only one order in a hundred would be right.
                : careful ? Gens.Just(MemberOf(example, property.Name) is null ? 0 : 1)
                : Gens.Mostly((30, Gens.Just(1)), (1, Gens.Any(0, 2))),
            (json, times) => Enumerable.Repeat($"{Quoted(property.Name)}:{json}", times)))
        .Append(Gens.Mostly((20, Gens.Just("")), (careful ? 0 : 1, Texts.Select(name => $"{Quoted(name)}:1")))
            .Select(more => more.Length == 0 ? [] : Enumerable.Repeat(more, 1)))
        .Aggregate(Gens.Just(Enumerable.Empty<string>()), (all, one) => Gen.Select(all, one, (left, right) => left.Concat(right)))
        .Select(members => $"{{{string.Join(',', members)}}}");

    private static Gen<byte[]?> Texted(Gen<string> json) =>
        Gen.Select(json, Gen.Int[0, 60], Gen.Int[0, 1000], byte[]? (text, kind, place) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return kind switch
            {
                0 => bytes[..(bytes.Length * place / 1000)],
                1 => [.. bytes[..(bytes.Length * place / 1000)], 0xC3, 0x28, .. bytes[(bytes.Length * place / 1000)..]],
                2 => [.. bytes, .. Encoding.UTF8.GetBytes(new string(' ', 70_000))],
                3 => [0xEF, 0xBB, 0xBF, .. bytes],
                4 => Encoding.Unicode.GetBytes(text),
                5 => [.. bytes, .. bytes],
                6 => [],
                _ => bytes,
            };
        });
}
