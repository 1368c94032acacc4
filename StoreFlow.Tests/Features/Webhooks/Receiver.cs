using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>A program of the merchant on a real port, which takes web hooks as well or as badly as the test wants.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Message> _heard = new();

    /// <param name="Id">The header <c>webhook-id</c>.</param>
    /// <param name="Timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="Signature">The header <c>webhook-signature</c>.</param>
    /// <param name="Body">The body as it came.</param>
    public sealed record Message(string Id, string Timestamp, string Signature, string Body)
    {
        public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

        public JsonElement Data => Json.GetProperty("data");

        public long Order => Data.Number("order_id");

        /// <summary>Such as <c>OrderStatusUpdated 2</c>: the event, and the order's version from then on.</summary>
        public string Told => $"{Json.Text("type")} {Data.Number("version")}";
    }

    private Receiver(WebApplication app) => _app = app;

    /// <summary>What it answers.</summary>
    public Func<Message, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Everything that has come, also what it refused.</summary>
    public IReadOnlyList<Message> Heard => [.. _heard];

    public string Url => $"{_app.Urls.Single()}/hook";

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/hook", (RequestDelegate)receiver.HearAsync);
        await app.StartAsync();
        return receiver;
    }

    public void Answers(Func<Message, int> status) => Answer = (message, http) =>
    {
        http.Response.StatusCode = status(message);
        return Task.CompletedTask;
    };

    private async Task HearAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var message = new Message(
            http.Request.Headers["webhook-id"].ToString(), http.Request.Headers["webhook-timestamp"].ToString(),
            http.Request.Headers["webhook-signature"].ToString(), await reader.ReadToEndAsync());
        _heard.Enqueue(message);
        await Answer(message, http);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
