using System.Data.Common;
using System.Text.Json.Serialization;
using Carter;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Deliveries;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>
/// What Star's printers speak, as their CloudPRNT Protocol Guide says (version HTTP): they ask every few seconds (POST), fetch the
/// ticket that is offered (GET) and say what came of it (DELETE).
/// </summary>
public sealed class CloudPrntModule : ICarterModule
{
    private const string Path = "/cloudprnt/{printer}";
    private const string Text = "text/plain";

    /// <param name="StatusCode">How the printer is, as in <c>200%20OK</c> or <c>410%20Out%20of%20paper</c>.</param>
    /// <param name="PrintingInProgress">Whether it is at work on a ticket that it has fetched.</param>
    /// <remarks>Printers send more fields; they are not read.</remarks>
    public sealed record PollBody(
        [property: JsonPropertyName("statusCode")] string? StatusCode = null,
        [property: JsonPropertyName("printingInProgress")] bool? PrintingInProgress = null);

    /// <param name="JobReady">Whether there is a ticket to fetch.</param>
    /// <param name="MediaTypes">As what it can be fetched.</param>
    /// <param name="JobToken">Tells this ticket from others; the same where it is offered again.</param>
    public sealed record Offer(
        [property: JsonPropertyName("jobReady")] bool JobReady,
        [property: JsonPropertyName("mediaTypes"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<string>? MediaTypes = null,
        [property: JsonPropertyName("jobToken"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        string? JobToken = null);

    /// <param name="Printed">Whether the ticket is done with because it was printed.</param>
    public sealed record Heard(bool Printed);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("")
            .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = PrinterSignIn.Scheme })
            .WithTags("Printing");

        group.MapPost(Path, async (long printer, PollBody body, Database database, TimeProvider clock) =>
                TypedResults.Ok(await PollAsync(database, clock, printer, body)))
            .Describe("PollPrinter", "Ask for a ticket, as a printer does", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);

        group.MapGet(Path, async Task<Results<ContentHttpResult, ProblemHttpResult>> (
                    long printer, string? type, string? token, HttpContext http, Database database, TimeProvider clock) =>
                {
                    if (type is not null && !type.StartsWith(Text, StringComparison.OrdinalIgnoreCase))
                        return new Refusal(Reason.UnsupportedMediaType, "Tickets are text/plain.").ToHttp();
                    if (await FetchAsync(database, clock, printer, token) is not { } ticket)
                        return Refusal.NotFound.ToHttp();
                    http.Response.Headers["X-Star-Cut"] = "partial; feed=true";
                    return TypedResults.Text(ticket, Text, System.Text.Encoding.UTF8);
                })
            .Produces<string>(StatusCodes.Status200OK, Text)
            .Describe("FetchTicket", "Fetch the ticket that was offered", Reason.Unauthenticated, Reason.NotFound,
                Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);

        group.MapDelete(Path, async (long printer, string? token, string? code, Database database, TimeProvider clock) =>
                TypedResults.Ok(await ConfirmAsync(database, clock, printer, token, code)))
            .Describe("ConfirmTicket", "Say what came of a ticket", Reason.Unauthenticated, Reason.TooManyRequests, Reason.Busy);
    }

    private static async Task<Offer> PollAsync(Database database, TimeProvider clock, long id, PollBody body)
    {
        var status = PrinterStatus.Read(body.StatusCode);
        var isQuiet = database.Read(db =>
            Printer.Find(db, id) is { } printer && !printer.IsNews(status.Trouble, clock.Now()) && PrintJob.Waiting(db, id).Count == 0);
        if (isQuiet)
            return new(JobReady: false);
        return await database.WriteAsync(db =>
        {
            var now = clock.Now();
            if (Printer.Find(db, id) is not { } printer || Destination.Find(db, id) is not { } destination)
                return new(JobReady: false);
            if (printer.IsNews(status.Trouble, now))
                printer.SetAsked(db, status.Trouble, now);
            return destination.Active && Next(db, id, status, body.PrintingInProgress == true, now) is { } job
                ? new(JobReady: true, [Text], job.MessageId)
                : new Offer(JobReady: false);
        });
    }

    /// <summary>The ticket to offer now; null where there is none, or the printer cannot print.</summary>
    private static PrintJob? Next(DbConnection db, long id, PrinterStatus status, bool isPrinting, DateTimeOffset now)
    {
        if (isPrinting && status.IsGood)
            return null;
        foreach (var job in PrintJob.Waiting(db, id))
        {
            if (!status.IsGood)
            {
                job.SetBroken(db, isCopy: true);
                job.Record(db, status.Trouble, DeliveryStatus.Waiting, now);
                return null;
            }
            if (job.Over(now) is { } over)
            {
                job.Record(db, over, DeliveryStatus.Failed, now);
                continue;
            }
            if (job.IsFetched)
            {
                job.OfferAgain(db);
                job.Record(db, PrintJob.NotConfirmed, DeliveryStatus.Waiting, now);
            }
            return job;
        }
        return null;
    }

    private static Task<string?> FetchAsync(Database database, TimeProvider clock, long id, string? token) => database.WriteAsync(db =>
    {
        var now = clock.Now();
        if (Printer.Find(db, id) is not { } printer || Destination.Find(db, id) is not { Active: true }
            || Offered(db, id, token, orFirst: true) is not { } job)
            return null;
        job.SetFetched(db);
        return Ticket.Find(db, printer.StoreId, job.OrderId, job.Sequence, clock.LocalTimeZone)?.ToText(printer.Columns, job.Head, now);
    });

    private static Task<Heard> ConfirmAsync(Database database, TimeProvider clock, long id, string? token, string? code) =>
        database.WriteAsync(db =>
        {
            var status = PrinterStatus.Read(code);
            if (Offered(db, id, token) is not { } job)
                return new Heard(status.IsGood); // a printer repeats it until it is answered
            if (!status.IsGood)
                job.SetBroken(db, status.MayHavePrinted);
            job.Record(
                db, status.IsGood ? null : status.Trouble,
                status.IsGood ? DeliveryStatus.Sent : status.IsFinal ? DeliveryStatus.Failed : DeliveryStatus.Waiting, clock.Now());
            return new(status.IsGood);
        });

    // Older printers know no token: they mean the one that they have fetched or, where they fetch, the first.
    private static PrintJob? Offered(DbConnection db, long id, string? token, bool orFirst = false)
    {
        var waiting = PrintJob.Waiting(db, id);
        return token is not null ? waiting.FirstOrDefault(job => job.MessageId == token)
            : waiting.FirstOrDefault(job => job.IsFetched) ?? (orFirst ? waiting.FirstOrDefault() : null);
    }
}
