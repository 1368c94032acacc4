using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>Who takes a step, under which idempotency key, if any, and at which address of this server (scheme and host).</summary>
public sealed record Caller(Actor Actor, string? IdempotencyKey = null, string? Origin = null) : IEndpointParameterMetadataProvider
{
    /// <summary>Lets the endpoint of a step take its caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext http)
    {
        var key = http.Request.Headers[Orders.IdempotencyKey.Header];
        return ValueTask.FromResult(Actor.From(http.User) is { } actor
            ? new Caller(actor, key.Count == 0 ? null : $"{key}", $"{http.Request.Scheme}://{http.Request.Host}")
            : null);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesIdempotencyKey());
}

/// <summary>Marks an endpoint that reads the <c>Idempotency-Key</c> header, for the API's description.</summary>
public sealed record TakesIdempotencyKey;
