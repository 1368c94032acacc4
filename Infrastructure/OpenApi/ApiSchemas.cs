using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
            (schema.Type, schema.Format) = (JsonSchemaType.String | (type == Bare(type) ? 0 : JsonSchemaType.Null), "date-time");
        else if (Bare(type) == typeof(long))
            (schema.Type, schema.Format) = (JsonSchemaType.Integer | (type == Bare(type) ? 0 : JsonSchemaType.Null), "int64");
        else if (Bare(type) == typeof(bool))
            schema.Type = JsonSchemaType.Boolean | (type == Bare(type) ? 0 : JsonSchemaType.Null);
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
            (schema.Type, schema.AdditionalProperties) = (JsonSchemaType.Object, new OpenApiSchema());
        else if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element }
            && (Bare(element).IsEnum || Bare(element).IsPrimitive || Bare(element) == typeof(DateTimeOffset) || element == typeof(string)))
            schema.Items = await context.GetOrCreateSchemaAsync(element, cancellationToken: cancellationToken);
        else if (context.JsonTypeInfo.Kind is JsonTypeInfoKind.Object)
            (schema.Metadata ??= new Dictionary<string, object>())[nameof(LeftOut)] = LeftOut(context.JsonTypeInfo);
    }

    /// <summary>
    /// The properties that an answer leaves out where they are null, and whether such a one may be sent as null all the same. All
    /// others are always sent.
    /// </summary>
    private static Dictionary<string, bool> LeftOut(JsonTypeInfo json) => json.Properties
        .Where(property => Attributes<JsonIgnoreAttribute>(property).Any(ignore => ignore.Condition is JsonIgnoreCondition.WhenWritingNull))
        .ToDictionary(property => property.Name, property => Attributes<CanBeNullWhereSentAttribute>(property).Any());

    private static IEnumerable<T> Attributes<T>(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).Cast<T>() ?? [];

    /// <summary>
    /// What is sent to a caller: each property is required, unless its type leaves it out where it is null. What a caller sends: in C#
    /// every field of a body is nullable, so that a missing one can be refused with a sentence; for callers a required one cannot be null.
    /// </summary>
    public static Task SayWhatIsAlwaysThereAsync(OpenApiDocument document)
    {
        var operations = document.Paths.Values.SelectMany(path => path.Operations!.Values).ToList();
        var taken = Reach(operations.Select(operation => operation.RequestBody?.Content));
        var sent = Reach(operations.SelectMany(operation => operation.Responses!.Values).Select(response => response.Content));
        foreach (var (name, schema) in document.Components!.Schemas!)
        {
            if (taken.Contains(name))
            {
                NeverNull(schema, [.. schema.Required ?? new HashSet<string>()]);
            }
            else if (sent.Contains(name) && schema is OpenApiSchema { Properties: { } properties } whole)
            {
                var leftOut = whole.Metadata?[nameof(LeftOut)] as Dictionary<string, bool> ?? [];
                whole.Required = properties.Keys.Except(leftOut.Keys).ToHashSet();
                NeverNull(whole, leftOut.Where(property => !property.Value).Select(property => property.Key));
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>The names of the schemas to which these lead.</summary>
    private static HashSet<string> Reach(IEnumerable<IDictionary<string, OpenApiMediaType>?> contents)
    {
        var names = new HashSet<string>();
        foreach (var content in contents.SelectMany(content => content?.Values ?? []))
            Walk(content.Schema);
        return names;

        void Walk(IOpenApiSchema? schema)
        {
            if (schema is null || (schema is OpenApiSchemaReference reference && !names.Add(reference.Reference.Id!)))
                return;
            foreach (var part in (schema.Properties?.Values ?? [])
                .Concat(schema.OneOf ?? []).Concat(schema.AnyOf ?? []).Concat(schema.AllOf ?? [])
                .Append(schema.Items).Append(schema.AdditionalProperties))
                Walk(part);
        }
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

/// <summary>For the API's description: a property that is left out of most answers where it is null, and sent as null in some.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CanBeNullWhereSentAttribute : Attribute;
