using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Bench;

/// <summary>A program of the merchant on this machine that takes every web hook at once, and notes when each order came first.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, long> _arrived = new();
    private int _taken;

    private HookReceiver(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.Single()}/hook";

    /// <summary>How many messages have come.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public static async Task<HookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new HookReceiver(app);
        app.MapPost("/hook", (RequestDelegate)receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>When the first message of an order came, as <see cref="Stopwatch.GetTimestamp"/> tells.</summary>
    public async Task<long> ArrivalOfAsync(string publicId)
    {
        while (true)
        {
            if (_arrived.TryGetValue(publicId, out var at))
                return at;
            await Task.Delay(1);
        }
    }

    private async Task TakeAsync(HttpContext http)
    {
        var now = Stopwatch.GetTimestamp();
        using var message = await JsonDocument.ParseAsync(http.Request.Body);
        _arrived.TryAdd(message.RootElement.GetProperty("data").GetProperty("public_id").GetString()!, now);
        Interlocked.Increment(ref _taken);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
