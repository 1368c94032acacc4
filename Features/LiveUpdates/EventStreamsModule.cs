using System.Text.Json;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>The same live events for <c>curl -N</c> and for a browser's <c>EventSource</c>.</summary>
public sealed class EventStreamsModule : ICarterModule
{
    private const string LastEventId = "Last-Event-ID";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/stores/{id}/orders/events", OfStore)
            .WithMetadata(new LongLived(), StreamedEvents.OfStore)
            .WithTags("Live")
            .Describe(
                "WatchStore", "Watch a store's orders, as Server-Sent Events",
                Reason.InvalidRequest, Reason.Unauthenticated, Reason.NotFound);

        app.MapGet("/customer/{public_id}/order/events", OfCustomer)
            .AllowAnonymous()
            .OpenToWebShops()
            .WithMetadata(new LongLived(), StreamedEvents.OfCustomer)
            .WithTags("Live", "Customers")
            .Describe(
                "WatchOrder", "Watch one's own order, as Server-Sent Events",
                Reason.InvalidRequest, Reason.NotFound, Reason.TooManyRequests);
    }

    /// <remarks>
    /// What was missed comes first, then everything as it happens. A step that ships or delivers sends two events with one <c>id</c>,
    /// <c>OrderStatusUpdated</c> first.
    /// </remarks>
    /// <param name="id">The store.</param>
    /// <param name="after">
    /// The last sequence that was seen; left out, only what happens from now on is sent. One that the store has not reached
    /// is refused: start over.
    /// </param>
    /// <param name="lastEventId">The same, as browsers send it when they come back; it wins.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="feed">Where the events are.</param>
    internal static Results<EventStream, ProblemHttpResult> OfStore(
        long id, [FromQuery] string? after, [FromHeader(Name = LastEventId)] string? lastEventId, Actor actor, Feed feed)
    {
        var fields = new Fields();
        var (last, start) = (fields.WholeNumber(LastEventId, lastEventId), fields.WholeNumber("after", after));
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (feed.OfStore(actor, id, last ?? start) is not { } found)
            return Refusal.NotFound.ToHttp();
        return Feed.BeyondEnd(last is null ? nameof(after) : LastEventId, last ?? start, found.Now) is { } refusal
            ? refusal.ToHttp()
            : new EventStream(found.Events, announcement => (announcement.Sequence, announcement.ForStore));
    }

    /// <remarks>
    /// The first event is <c>order</c>, the customer's view as it is now; then everything as it happens. The stream ends soon after the
    /// order's last event, with a <c>retry</c> of a day.
    /// </remarks>
    /// <param name="public_id">The order's public id.</param>
    /// <param name="lastEventId">The last version that was seen, as browsers send it when they come back.</param>
    /// <param name="feed">Where the events are.</param>
    /// <param name="http">Where the caller is.</param>
    /// <param name="unknown">Who asks for orders that are not there.</param>
    /// <param name="listeners">Who listens to the same order.</param>
    internal static Results<EventStream, ProblemHttpResult> OfCustomer(
        string public_id, [FromHeader(Name = LastEventId)] string? lastEventId,
        Feed feed, HttpContext http, UnknownIds unknown, OrderListeners listeners)
    {
        var fields = new Fields();
        var last = fields.WholeNumber(LastEventId, lastEventId);
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (feed.OfCustomer(public_id, last) is not { } found)
            return unknown.Count(http).ToHttp();
        var place = listeners.Add(found.Now.PublicId);
        http.Response.RegisterForDispose(place);
        if (!place.IsAcquired)
        {
            http.Response.SetRetryAfter(TimeSpan.FromSeconds(10));
            return OrderListeners.Refusal.ToHttp();
        }
        var view = new Event(StreamedEvents.View, JsonSerializer.SerializeToUtf8Bytes(found.Now, Json.Answers));
        // After a reconnect the view has no id: what was missed is still to come, and the client keeps its position until then.
        return new EventStream(
            found.Events, announcement => (announcement.Version, announcement.ForCustomer),
            (last is null || last > found.Now.Version ? found.Now.Version : null, view))
        {
            IsOver = announcement => announcement?.EndsOrder ?? Lifecycle.IsTerminal(found.Now.FulfilmentType, found.Now.Status),
        };
    }
}
