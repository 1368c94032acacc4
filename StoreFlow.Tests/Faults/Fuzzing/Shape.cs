using System.Text.Json;
using StoreFlow.Tests.Docs;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>
/// Whether JSON fits the API's description: every member is there and has its type, and there is none that is not described.
/// </summary>
internal static class Shape
{
    public static void Fits(ApiDocument document, JsonElement json, JsonElement schema, string where = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Fits(document, json, document.Schema(reference.GetString()!.Split('/')[^1]), where);
            return;
        }
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            if (json.ValueKind is not JsonValueKind.Null)
                Fits(document, json, choices.EnumerateArray().Single(choice => choice.TryGetProperty("$ref", out _)), where);
            return;
        }
        if (schema.TryGetProperty("type", out var type))
        {
            var allowed = type.ValueKind is JsonValueKind.Array
                ? type.EnumerateArray().Select(one => one.GetString()).ToList()
                : [type.GetString()];
            var fits = allowed.Contains(KindOf(json)) || (KindOf(json) == "integer" && allowed.Contains("number"));
            Assert.True(fits, $"{where} is {json.ValueKind}, described as {string.Join(" or ", allowed)}.");
        }
        if (schema.TryGetProperty("enum", out var names) && json.ValueKind is JsonValueKind.String)
            Assert.Contains(json.GetString(), names.EnumerateArray().Select(name => name.GetString()));
        if (json.ValueKind is JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            if (schema.TryGetProperty("required", out var required))
                foreach (var name in required.EnumerateArray())
                    Assert.True(json.TryGetProperty(name.GetString()!, out _), $"{where} has no {name}.");
            foreach (var member in json.EnumerateObject())
            {
                Assert.True(properties.TryGetProperty(member.Name, out var described), $"{where}.{member.Name} is not described.");
                Fits(document, member.Value, described, $"{where}.{member.Name}");
            }
        }
        if (json.ValueKind is JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            foreach (var item in json.EnumerateArray())
                Fits(document, item, items, $"{where}[]");
    }

    private static string KindOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.Number => json.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
