using System.Text.Json;

namespace StoreFlow.Tests.Docs;

/// <summary>The API's description, as a client reads it.</summary>
public sealed record ApiDocument(JsonElement Root)
{
    public sealed record Operation(string Method, string Path, JsonElement Json)
    {
        public string Name => $"{Method} {Path}";

        public bool ForStaff => Json.GetProperty("security").GetArrayLength() > 0;

        /// <summary>The body that it takes, or null.</summary>
        public JsonElement? Body => Json.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().Single().Value
            : null;

        /// <summary>Every status that it may answer with.</summary>
        public IEnumerable<int> Statuses => Json.GetProperty("responses").EnumerateObject().Select(response => int.Parse(response.Name));

        /// <summary>What it may answer: status, media type and the media type's schema and example.</summary>
        public IEnumerable<(int Status, string MediaType, JsonElement Json)> Answers =>
            from response in Json.GetProperty("responses").EnumerateObject()
            where response.Value.TryGetProperty("content", out _)
            from content in response.Value.GetProperty("content").EnumerateObject()
            select (int.Parse(response.Name), content.Name, content.Value);
    }

    public static async Task<ApiDocument> Of(StoreFlowApp app) => new((await app.As(null).Get("/openapi/v1.json")).Body);

    public IReadOnlyList<Operation> Operations =>
    [
        .. from path in Root.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select new Operation(operation.Name.ToUpperInvariant(), path.Name, operation.Value),
    ];

    public Operation Find(string operationId) => Operations.Single(operation => operation.Json.Text("operationId") == operationId);

    public JsonElement Schema(string name) => Root.GetProperty("components").GetProperty("schemas").GetProperty(name);

    /// <summary>Whether a reference to a schema leads to one.</summary>
    public bool HasSchema(string reference) =>
        reference.StartsWith("#/components/schemas/")
        && Root.GetProperty("components").GetProperty("schemas").TryGetProperty(reference.Split('/')[^1], out _);

    /// <summary>All the references anywhere in the document.</summary>
    public IEnumerable<string> References => ReferencesIn(Root);

    private static IEnumerable<string> ReferencesIn(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property =>
            property is { Name: "$ref", Value.ValueKind: JsonValueKind.String }
                ? [property.Value.GetString()!]
                : ReferencesIn(property.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(ReferencesIn),
        _ => [],
    };
}
