using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Scalar.AspNetCore;

namespace StoreFlow.Infrastructure;

/// <summary>The API's own description: <c>/openapi/v1.json</c>, and <c>/docs</c> to browse it.</summary>
internal static class ApiReference
{
    public static void AddApiReference(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
        // Our own converter writes the enums, so the generator cannot see their names.
        options.AddSchemaTransformer(async (schema, context, stop) =>
        {
            var type = context.JsonTypeInfo.Type;
            if ((Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } names)
                schema.Enum = [.. Enum.GetNames(names).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];
            if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { IsEnum: true } element })
                schema.Items = await context.GetOrCreateSchemaAsync(element, cancellationToken: stop);
        }));

    public static void MapApiReference(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", options => options.WithTitle("StoreFlow API"));
    }
}
