using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace StoreFlow.Tests;

/// <summary>A program of somebody else on a real port, which takes what it is sent as well or as badly as the test wants.</summary>
/// <typeparam name="TMessage">What it keeps of a request.</typeparam>
public abstract class Listener<TMessage> : IAsyncDisposable
{
    private readonly WebApplication _app = LoopbackServer.Make();
    private readonly ConcurrentQueue<TMessage> _heard = new();

    /// <param name="path">Where it takes posts.</param>
    protected Listener(string path) => _app.MapPost(path, (RequestDelegate)HearAsync);

    /// <summary>What it answers.</summary>
    public Func<TMessage, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Everything that has come, also what it refused.</summary>
    public IReadOnlyList<TMessage> Heard => [.. _heard];

    /// <summary>Scheme, host and port.</summary>
    public string Origin => _app.Urls.Single();

    public void Answers(Func<TMessage, int> status) => Answer = (message, http) =>
    {
        http.Response.StatusCode = status(message);
        return Task.CompletedTask;
    };

    protected Task StartAsync() => _app.StartAsync();

    protected abstract Task<TMessage> ReadAsync(HttpRequest request);

    private async Task HearAsync(HttpContext http)
    {
        var message = await ReadAsync(http.Request);
        _heard.Enqueue(message);
        await Answer(message, http);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
