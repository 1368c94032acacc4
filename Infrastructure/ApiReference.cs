using Scalar.AspNetCore;

namespace StoreFlow.Infrastructure;

/// <summary>The API's own description: <c>/openapi/v1.json</c>, and <c>/docs</c> to browse it.</summary>
internal static class ApiReference
{
    public static void AddApiReference(this WebApplicationBuilder builder) => builder.Services.AddOpenApi();

    public static void MapApiReference(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", options => options.WithTitle("StoreFlow API"));
    }
}
