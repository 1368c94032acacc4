using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace StoreFlow.Infrastructure;

/// <summary>Describes our types where the generator cannot.</summary>
internal static class ApiSchemas
{
    /// <summary>A type inside another is named after both: there is more than one <c>Item</c>, <c>Body</c> and <c>View</c>.</summary>
    public static string? NameOf(JsonTypeInfo json) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(json) is not { } name || json.Type == typeof(JsonElement) ? null
        : Bare(json.Type).DeclaringType is { } outer ? outer.Name.Replace("Module", "") + name
        : name;

    /// <summary>The generator cannot see what a type with our own converter looks like in JSON.</summary>
    public static async Task DescribeAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (Bare(type) == typeof(DateTimeOffset))
            schema.Type = JsonSchemaType.String | (type == Bare(type) ? 0 : JsonSchemaType.Null);
        else if (Bare(type) == typeof(long))
            (schema.Type, schema.Format) = (JsonSchemaType.Integer | (type == Bare(type) ? 0 : JsonSchemaType.Null), "int64");
        else if (Bare(type) == typeof(bool))
            schema.Type = JsonSchemaType.Boolean;
        else if (type == typeof(string))
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true } or { IsSetNullable: true }
                ? JsonSchemaType.String | JsonSchemaType.Null
                : JsonSchemaType.String;
        else if (Bare(type).IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetNames(Bare(type)).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];
        }
        else if (type == typeof(JsonElement))
            schema.Type = JsonSchemaType.Object;
        else if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element }
            && (element.IsEnum || element == typeof(string)))
            schema.Items = await context.GetOrCreateSchemaAsync(element, cancellationToken: cancellationToken);
    }

    /// <summary>
    /// In C# every field of a body is nullable, so that a missing one can be refused with a sentence. For callers a
    /// required field cannot be null. A problem leaves out what it does not have.
    /// </summary>
    public static Task WithoutNullsAsync(OpenApiDocument document, string problem)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var (name, schema) in schemas)
            if (name.Contains("Body"))
                NeverNull(schema, [.. schema.Required ?? new HashSet<string>()]);
        NeverNull(schemas[problem], [.. schemas[problem].Properties!.Keys]);
        return Task.CompletedTask;
    }

    private static void NeverNull(IOpenApiSchema schema, IEnumerable<string> properties)
    {
        foreach (var property in properties)
            if (schema.Properties![property] is OpenApiSchema { OneOf: { } choices })
                schema.Properties[property] = choices.OfType<OpenApiSchemaReference>().Single();
            else if (schema.Properties[property] is OpenApiSchema { Type: { } type } plain)
                plain.Type = type & ~JsonSchemaType.Null;
    }

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
