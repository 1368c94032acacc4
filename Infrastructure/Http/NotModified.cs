using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace StoreFlow.Infrastructure;

/// <summary>304, without a body: what the caller has kept is still the answer.</summary>
public sealed class NotModified : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private static readonly NotModified Answer = new();

    private NotModified()
    {
    }

    public int? StatusCode => StatusCodes.Status304NotModified;

    /// <summary>Names the state of an answer in its <c>ETag</c>; not null where the caller's <c>If-None-Match</c> names the same.</summary>
    public static NotModified? For(HttpContext http, string state)
    {
        var tag = new EntityTagHeaderValue($"\"{state}\"");
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        // Keep it, but ask each time; what somebody signed in for is kept by no proxy between.
        var isPersonal = http.User.Identity is { IsAuthenticated: true };
        headers.CacheControl = new() { NoCache = true, Private = isPersonal };
        if (isPersonal)
            http.Response.Headers.Append(HeaderNames.Vary, $"{HeaderNames.Authorization}, {HeaderNames.Cookie}");
        return http.Request.Headers.IfNoneMatch.Count > 0 && http.Request.GetTypedHeaders().IfNoneMatch.Any(
            known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false))
            ? Answer
            : null;
    }

    public Task ExecuteAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified));
}
