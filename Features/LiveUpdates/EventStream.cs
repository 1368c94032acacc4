using System.Buffers;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;

using StoreFlow.Features.Orders;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// An answer that stays open: Server-Sent Events. All events of one audit row are sent in one write, so a connection does
/// not break between an order's new status and its tracking. A regular comment keeps proxies from closing the connection.
/// </summary>
/// <remarks>
/// <c>TypedResults.ServerSentEvents</c> flushes after each event, has no comments and waits for a slow reader without end.
/// </remarks>
public sealed class EventStream(
    IAsyncEnumerable<FeedItem> feed,
    Func<Announcement, (long Id, IReadOnlyList<Event> Events)> mine,
    params IReadOnlyList<(long? Id, Event Event)> first)
    : IResult, IEndpointMetadataProvider
{
    /// <summary>Heartbeats (two seconds each) without news before a comment is sent.</summary>
    private const int QuietHeartbeats = 7;

    private const int ADay = 24 * 60 * 60 * 1000; // milliseconds

    /// <summary>Whether nothing comes after this announcement, or after the first events.</summary>
    public Func<Announcement?, bool> IsOver { get; init; } = _ => false;

    public async Task ExecuteAsync(HttpContext http)
    {
        var (response, stop) = (http.Response, http.RequestAborted);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold the events back
        var body = response.BodyWriter;
        try
        {
            body.Write("retry: 2000\n\n"u8);
            foreach (var (id, one) in first)
                Write(body, id, one);
            await FlushAsync();

            var (quiet, isOver) = (0, IsOver(null));
            await foreach (var item in feed.WithCancellation(stop))
            {
                if (item is Heartbeat && ++quiet < QuietHeartbeats)
                    continue;
                quiet = 0;
                if (item is Announcement announcement)
                {
                    foreach (var one in mine(announcement).Events)
                        Write(body, mine(announcement).Id, one);
                    isOver = IsOver(announcement);
                }
                else
                {
                    body.Write(": still here\n\n"u8);
                }
                await FlushAsync();
            }
            // An EventSource reconnects after every end; without this it would do so every two seconds.
            if (isOver)
                body.Write(Encoding.UTF8.GetBytes($"retry: {ADay}\n\n"));
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }
        catch (Exception fault) when (fault is TooSlowException or TimeoutException)
        {
            http.Abort();
        }

        async Task FlushAsync()
        {
            var flush = body.FlushAsync(stop);
            if (!flush.IsCompletedSuccessfully)
                await flush.AsTask().WaitAsync(Feed.Patience, stop);
        }
    }

    private static void Write(IBufferWriter<byte> body, long? id, Event one)
    {
        body.Write(Encoding.UTF8.GetBytes(id is null ? $"event: {one.Name}\ndata: " : $"id: {id}\nevent: {one.Name}\ndata: "));
        body.Write(one.Json);
        body.Write("\n\n"u8);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/event-stream"]));
}
