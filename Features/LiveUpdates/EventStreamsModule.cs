using System.Text.Json;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>The same live events for <c>curl -N</c> and for a browser's <c>EventSource</c>.</summary>
public sealed class EventStreamsModule : ICarterModule
{
    private const string LastEventId = "Last-Event-ID";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/stores/{id}/orders/events", OfStore)
            .WithTags("Live")
            .Describe("WatchStore", "Watch a store's orders, as Server-Sent Events", Reason.InvalidRequest, Reason.Unauthenticated, Reason.NotFound);

        app.MapGet("/customer/{public_id}/order/events", OfCustomer)
            .AllowAnonymous()
            .WithTags("Live", "Customers")
            .Describe("WatchOrder", "Watch one's own order, as Server-Sent Events", Reason.InvalidRequest, Reason.NotFound, Reason.TooManyRequests);
    }

    /// <remarks>
    /// What was missed comes first, then everything as it happens. A step that ships or delivers sends two events with one <c>id</c>,
    /// <c>OrderStatusUpdated</c> first.
    /// </remarks>
    /// <param name="id">The store.</param>
    /// <param name="after">
    /// The last sequence that was seen; left out, only what happens from now on is sent. One that the store has not reached is refused: start over.
    /// </param>
    /// <param name="lastEventId">The same, as browsers send it when they come back; it wins.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="feed">Where the events are.</param>
    internal static Results<EventStream, ProblemHttpResult> OfStore(
        long id, [FromQuery] long? after, [FromHeader(Name = LastEventId)] long? lastEventId, Actor actor, Feed feed) =>
        feed.OfStore(actor, id, lastEventId ?? after) is not { } found
            ? Problems.Answer(Refusal.NotFound)
            : Feed.BeyondEnd(lastEventId is null ? nameof(after) : LastEventId, lastEventId ?? after, found.Now) is { } refusal
                ? Problems.Answer(refusal)
                : new EventStream(found.Events, announcement => (announcement.Sequence, announcement.ForStore));

    /// <remarks>The first event is <c>order</c>, the customer's view as it is now; then everything as it happens.</remarks>
    /// <param name="public_id">The order's public id.</param>
    /// <param name="lastEventId">The last version that was seen, as browsers send it when they come back.</param>
    /// <param name="feed">Where the events are.</param>
    /// <param name="http">Where the caller is.</param>
    /// <param name="unknown">Who asks for orders that are not there.</param>
    internal static Results<EventStream, ProblemHttpResult> OfCustomer(
        string public_id, [FromHeader(Name = LastEventId)] long? lastEventId, Feed feed, HttpContext http, UnknownIds unknown)
    {
        if (feed.OfCustomer(public_id, lastEventId) is not { } found)
            return Problems.Answer(unknown.Count(http));
        var view = new Event("order", JsonSerializer.SerializeToUtf8Bytes(found.Now, Json.Answers));
        // On a return the view has no id, since what was missed is still to come and keeps the client's position until it has.
        return new EventStream(
            found.Events, announcement => (announcement.Version, announcement.ForCustomer),
            (lastEventId is null || lastEventId > found.Now.Version ? found.Now.Version : null, view));
    }
}
