using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace StoreFlow.Tests.Postgres;

/// <summary>The owner, who asks one node or another.</summary>
internal sealed class NodeCaller : IDisposable
{
    /// <summary>A read and a write.</summary>
    public static readonly (HttpMethod Method, string Path)[] ReadAndWrite =
        [(HttpMethod.Get, "/stores/1/orders"), (HttpMethod.Post, "/checkout")];

    // Longer than StoreFlow's own time-outs one after the other, and no longer than HAProxy waits for a node.
    private readonly HttpClient _client = new()
    {
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", StoreFlowApp.Owner) },
    };

    public async Task<HttpResponseMessage> Send(Uri node, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(node, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await _client.SendAsync(request);
    }

    /// <summary>Sends one of <see cref="ReadAndWrite"/>.</summary>
    public Task<HttpResponseMessage> Send(Uri node, (HttpMethod Method, string Path) request) =>
        Send(node, request.Method, request.Path, request.Method == HttpMethod.Post ? Scenarios.CheckoutBody() : null);

    /// <summary>Whether a node is busy and says when to come back.</summary>
    public static bool IsToldToComeBack(HttpResponseMessage answer) =>
        (int)answer.StatusCode == 503 && answer.Headers.RetryAfter?.Delta > TimeSpan.Zero;

    public void Dispose() => _client.Dispose();
}
