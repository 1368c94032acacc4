using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace StoreFlow.Tests;

/// <summary>Reads Server-Sent Events over a plain HttpClient, as <c>curl -N</c> would, and parses them.</summary>
public sealed class EventStreamClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // an upper bound for a hung test, not a measure

    private readonly HttpClient _client;
    private readonly StreamReader _lines;

    private EventStreamClient(HttpClient client, Stream body) => (_client, _lines) = (client, new StreamReader(body));

    /// <summary>One event, as it was in the stream.</summary>
    public sealed record Received(long? Id, string Name, JsonElement Payload);

    /// <summary>Opens the stream. When this returns, everything that is committed from now on will be heard.</summary>
    public static Task<EventStreamClient> Open(StoreFlowApp app, string path, string? token = null, long? lastEventId = null) =>
        Open(app.As(token), path, lastEventId);

    /// <summary>The same with the caller's own client. The stream disposes of it.</summary>
    public static async Task<EventStreamClient> Open(HttpClient client, string path, long? lastEventId = null)
    {
        client.Timeout = Timeout.InfiniteTimeSpan;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is { } seen)
            request.Headers.Add("Last-Event-ID", seen.ToString(CultureInfo.InvariantCulture));
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            throw new HttpRequestException("The server is busy."); // who listens comes back
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventStreamClient(client, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>A store's stream, read as its owner unless told otherwise.</summary>
    public static Task<EventStreamClient> OfStore(
        StoreFlowApp app, long store, long? after = null, long? lastEventId = null, string token = StoreFlowApp.Owner) =>
        Open(app, $"/stores/{store}/orders/events{(after is null ? "" : $"?after={after}")}", token, lastEventId);

    /// <summary>The next event, or null where the server has ended the stream.</summary>
    public async Task<Received?> NextOrEnd()
    {
        using var patience = new CancellationTokenSource(Patience); // of all lines: heartbeats go on where no event comes
        var (id, name, data) = ((long?)null, (string?)null, "");
        while (await _lines.ReadLineAsync().WaitAsync(patience.Token) is { } line)
        {
            if (line.Length == 0 && name is not null)
                return new(id, name, JsonDocument.Parse(data).RootElement);
            var (field, value) = line.IndexOf(':') is > 0 and var colon ? (line[..colon], line[(colon + 1)..].TrimStart(' ')) : ("", "");
            (id, name, data) = field switch
            {
                "id" => (long.Parse(value, CultureInfo.InvariantCulture), name, data),
                "event" => (id, value, data),
                "data" => (id, name, data + value),
                _ => (id, name, data), // a comment, or how long to wait before a reconnect
            };
        }
        return null;
    }

    /// <summary>The next event.</summary>
    public async Task<Received> Next() => await NextOrEnd() ?? throw new EndOfStreamException("The server has ended the stream.");

    /// <summary>The next events, as many as asked for.</summary>
    public async Task<List<Received>> Next(int count)
    {
        var events = new List<Received>();
        while (events.Count < count)
            events.Add(await Next());
        return events;
    }

    /// <summary>Done when the server has ended the stream.</summary>
    public async Task Ended()
    {
        while (await NextOrEnd() is not null)
        {
            // What had been sent before still arrives.
        }
    }

    public void Dispose()
    {
        _lines.Dispose();
        _client.Dispose();
    }
}
