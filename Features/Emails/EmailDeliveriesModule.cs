using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>Which e-mails a store sent, which wait and which were not sent, and why; and to send one again.</summary>
public sealed class EmailDeliveriesModule : ICarterModule
{
    /// <param name="At">When it was tried.</param>
    /// <param name="Milliseconds">How long that took.</param>
    /// <param name="Answer">The mail server's status; null where none came, or it was kept as a file.</param>
    /// <param name="Fault">Why it did not arrive; null where it did.</param>
    public sealed record Attempt(DateTimeOffset At, long Milliseconds, long? Answer, string? Fault);

    /// <param name="Id">Its number.</param>
    /// <param name="Kind">Which message.</param>
    /// <param name="Sequence">The place in the store's log of what it tells.</param>
    /// <param name="OrderId">The order.</param>
    /// <param name="MessageId">The part before the @ of its <c>Message-ID</c>, the same at each try.</param>
    /// <param name="Outcome">What has become of it.</param>
    /// <param name="NextTryAt">When it is tried next; null where it is not.</param>
    /// <param name="EndedAt">When it was sent or given up.</param>
    /// <param name="Attempts">The tries, oldest first.</param>
    public sealed record View(
        long Id, EmailKind Kind, long Sequence, long OrderId, string MessageId, EmailOutcome Outcome, DateTimeOffset? NextTryAt,
        DateTimeOffset? EndedAt, IReadOnlyList<Attempt> Attempts);

    /// <param name="Deliveries">Newest first.</param>
    /// <param name="Next">What to send as <c>before</c> for earlier ones; null at the end.</param>
    public sealed record List(IReadOnlyList<View> Deliveries, long? Next);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Emails");

        group.MapGet("/merchant/stores/{id}/emails/deliveries", Results<Ok<List>, ProblemHttpResult> (
                    long id, [FromQuery] string? status, [FromQuery] string? limit, [FromQuery] string? before, Actor actor,
                    Database database) => Find(database, actor, id, status, limit, before))
            .Describe("ListEmails", "See which e-mails were sent, which wait and which were not sent", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/merchant/stores/{id}/emails/deliveries/{delivery_id}/resend",
                async Task<Results<Accepted<View>, ProblemHttpResult>> (
                    long id, long delivery_id, Actor actor, Database database, TimeProvider clock) =>
                await SendAgainAsync(database, clock, actor, id, delivery_id) is Outcome<View>.Done done
                    ? TypedResults.Accepted($"/merchant/stores/{id}/emails/deliveries", done.Value)
                    : Refusal.NotFound.ToHttp())
            .Describe("ResendEmail", "Send an e-mail again", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Busy);
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
            if (Store.Find(db, id, actor.UserId) is null)
                return null;
            if (StoreEmails.Find(db, id) is not { } emails)
                return new List([], null);
            var (page, next) = query.Find(db, emails.DestinationId, delivery => ViewOf(db, delivery));
            return new List(page, next);
        }) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp();
    }

    internal static Task<Outcome<View>> SendAgainAsync(Database database, TimeProvider clock, Actor actor, long storeId, long delivery) =>
        database.WriteAsync<Outcome<View>>(db =>
            Store.Find(db, storeId, actor.UserId) is not null && StoreEmails.Find(db, storeId) is { } emails
            && Delivery.Find(db, emails.DestinationId, delivery) is { } found
                ? ViewOf(db, EmailRepeat.Make(db, found, clock.Now()))
                : Refusal.NotFound);

    internal static View ViewOf(DbConnection db, Delivery delivery)
    {
        var attempts = Delivery.AttemptsOf(db, delivery.Id);
        return new(
            delivery.Id, Names.Read<EmailKind>(delivery.Event), delivery.Sequence, delivery.OrderId, delivery.MessageId,
            EmailOutcomes.Of(delivery.Status, attempts.LastOrDefault()), delivery.NextTryAt, delivery.EndedAt,
            [.. attempts.Select(attempt => new Attempt(attempt.BeganAt, attempt.Milliseconds, attempt.Answer, attempt.Fault))]);
    }
}
