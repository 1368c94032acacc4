using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Deliveries;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Webhooks;

/// <summary>What a web hook was sent, what waits and what failed, and why; and to send it again.</summary>
public sealed class WebhookDeliveriesModule : ICarterModule
{
    /// <param name="At">When it was tried.</param>
    /// <param name="Milliseconds">How long that took.</param>
    /// <param name="Answer">The HTTP status; null where none came.</param>
    /// <param name="Fault">Why it did not arrive; null where it did.</param>
    public sealed record Attempt(DateTimeOffset At, long Milliseconds, long? Answer, string? Fault);

    /// <param name="Id">Its number.</param>
    /// <param name="Event">What it tells.</param>
    /// <param name="StoreId">The store.</param>
    /// <param name="Sequence">The event's place in the store's log.</param>
    /// <param name="OrderId">The order.</param>
    /// <param name="MessageId">The header <c>webhook-id</c>, the same at each try.</param>
    /// <param name="Status">What has become of it.</param>
    /// <param name="NextTryAt">When it is tried next; null where it is not.</param>
    /// <param name="EndedAt">When it arrived or was given up.</param>
    /// <param name="Attempts">The tries, oldest first.</param>
    public sealed record View(
        long Id, string Event, long StoreId, long Sequence, long OrderId, string MessageId, DeliveryStatus Status,
        DateTimeOffset? NextTryAt, DateTimeOffset? EndedAt, IReadOnlyList<Attempt> Attempts);

    /// <param name="Deliveries">Newest first.</param>
    /// <param name="Next">What to send as <c>before</c> for earlier ones; null at the end.</param>
    public sealed record List(IReadOnlyList<View> Deliveries, long? Next);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Webhooks");

        group.MapGet("/webhooks/{id}/deliveries", Results<Ok<List>, ProblemHttpResult> (
                    long id, [FromQuery] string? status, [FromQuery] string? limit, [FromQuery] string? before, Actor actor,
                    Database database) => Find(database, actor, id, status, limit, before))
            .Describe("ListDeliveries", "See what a web hook was sent, what waits and what failed", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/webhooks/{id}/deliveries/{delivery_id}/resend", async Task<Results<Accepted<View>, ProblemHttpResult>> (
                    long id, long delivery_id, Actor actor, Database database, TimeProvider clock) =>
                await SendAgainAsync(database, clock, actor, id, delivery_id) is { } view
                    ? TypedResults.Accepted($"/webhooks/{id}/deliveries", view)
                    : Refusal.NotFound.ToHttp())
            .Describe("ResendDelivery", "Send a delivery again, with the same webhook-id", Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound, Reason.Busy);
    }

    private static Results<Ok<List>, ProblemHttpResult> Find(
        Database database, Actor actor, long id, string? status, string? limit, string? before)
    {
        var fields = new Fields();
        var query = DeliveryQuery.Read(fields, status, limit, before);
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        return database.Read(db =>
        {
            if (Destination.Find(db, DestinationKind.Webhook, actor.MerchantId, id) is null)
                return null;
            var (page, next) = query.Find(db, id, delivery => ViewOf(db, delivery));
            return new List(page, next);
        }) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp();
    }

    internal static Task<View?> SendAgainAsync(Database database, TimeProvider clock, Actor actor, long id, long delivery) =>
        database.WriteAsync(db =>
        {
            if (Destination.Find(db, DestinationKind.Webhook, actor.MerchantId, id) is null
                || Delivery.Find(db, id, delivery) is not { } found)
                return null;
            found.SendAgain(db, clock.Now());
            return ViewOf(db, Delivery.Find(db, id, delivery)!);
        });

    private static View ViewOf(DbConnection db, Delivery delivery) => new(
        delivery.Id, delivery.Event, delivery.StoreId, delivery.Sequence, delivery.OrderId, delivery.MessageId, delivery.Status,
        delivery.NextTryAt, delivery.EndedAt,
        [
            .. Delivery.AttemptsOf(db, delivery.Id).Select(attempt =>
                new Attempt(attempt.BeganAt, attempt.Milliseconds, attempt.Answer, attempt.Fault)),
        ]);
}
