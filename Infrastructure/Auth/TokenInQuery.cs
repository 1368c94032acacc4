using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace StoreFlow.Infrastructure;

/// <summary>
/// An API token as <c>access_token</c> in the query: a browser cannot send a header with a WebSocket or an <c>EventSource</c>, so
/// SignalR's client puts its token there. It counts only where an endpoint <see cref="TakesTokenInQuery"/>.
/// </summary>
internal sealed record TokenInQuery(string Token)
{
    private const string Name = "access_token";

    /// <summary>The token in the query of a request whose endpoint takes one; null for any other.</summary>
    public static string? Of(HttpContext http) =>
        http.Features.Get<TokenInQuery>() is { } found && http.GetEndpoint()?.Metadata.GetMetadata<TakesTokenInQuery>() is not null
            ? found.Token
            : null;

    /// <summary>Takes the token out of the query before anything reads or logs the address, whatever the address is.</summary>
    private static void TakeOut(IFeatureCollection features)
    {
        features.Set<TokenInQuery>(null);
        if (features.Get<IHttpRequestFeature>() is not { QueryString.Length: > 1 } request)
            return;
        string? token = null;
        var rest = new StringBuilder();
        foreach (var pair in new QueryStringEnumerable(request.QueryString))
        {
            if (pair.DecodeName().Span.Equals(Name, StringComparison.OrdinalIgnoreCase))
                token = pair.DecodeValue().ToString();
            else
                rest.Append(rest.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
        }
        if (token is null)
            return;
        request.QueryString = rest.ToString();
        request.RawTarget = $"{request.RawTarget.Split('?')[0]}{rest}";
        features.Set(new TokenInQuery(token));
    }

    /// <summary>Sees each request before ASP.NET writes its first line of the log.</summary>
    public sealed class ContextFactory(IServiceProvider services) : IHttpContextFactory
    {
        private readonly DefaultHttpContextFactory _contexts = new(services);

        public HttpContext Create(IFeatureCollection featureCollection)
        {
            TakeOut(featureCollection);
            return _contexts.Create(featureCollection);
        }

        public void Dispose(HttpContext httpContext) => _contexts.Dispose(httpContext);
    }
}

/// <summary>Marks an endpoint that takes an API token as <c>access_token</c> in the query.</summary>
internal sealed record TakesTokenInQuery;
