using System.Data.Common;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>The tickets of an order: what became of them, and to print one again.</summary>
public sealed class TicketsModule : ICarterModule
{
    private const int ColumnsOfPage = 32;

    public sealed record View
    {
        public long Id { get; init; }

        /// <summary>What people call the printer.</summary>
        public required string Printer { get; init; }

        /// <summary>Whether it waits, was printed (<c>sent</c>), or is not printed any more.</summary>
        public DeliveryStatus Status { get; init; }

        /// <summary>When it was asked for.</summary>
        public DateTimeOffset At { get; init; }

        /// <summary>When it was printed or given up.</summary>
        public DateTimeOffset? EndedAt { get; init; }

        /// <summary>Why it is not printed, or not yet; null where nothing is known to be wrong.</summary>
        public string? Fault { get; init; }
    }

    /// <param name="Tickets">The latest first, 20 at most; none where the store has no printer.</param>
    public sealed record List(IReadOnlyList<View> Tickets);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").WithTags("Printing");

        group.MapGet("/orders/{id}/tickets", Results<Ok<List>, ProblemHttpResult> (
                    long id, Actor actor, Database database, TimeProvider clock) =>
                Find(database, clock, id, actor) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp())
            .Describe("ListTickets", "See what became of an order's tickets", Reason.Unauthenticated, Reason.NotFound);

        group.MapPost("/orders/{id}/tickets", async Task<Results<Accepted<List>, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock) =>
                await PrintAsync(database, clock, id, actor) is { } list
                    ? TypedResults.Accepted($"/orders/{id}/tickets", list)
                    : Refusal.NotFound.ToHttp())
            .Describe("PrintTicket", "Print a ticket of an order again, on each printer of its store", Reason.Unauthenticated,
                Reason.NotFound, Reason.Busy);

        app.MapMethods("/dashboard/{StoreId:long}/orders/{Id:long}/ticket", Pages.Methods, RazorComponentResult (
                long storeId, long id, HttpContext http, Actor actor, Database database, TimeProvider clock) =>
            {
                var ticket = database.Read(db => Order.Find(db, id, actor) is { } order && order.StoreId == storeId
                    ? Ticket.Find(db, storeId, id, sequence: null, clock.LocalTimeZone) : null);
                if (ticket is null)
                    return StaffRefusal.Missing(http, "There is no such order, or it is not one of yours.");
                return Pages.Show<TicketPage>(new
                {
                    ticket.Reference,
                    ticket.Language,
                    Text = ticket.ToText(ColumnsOfPage, head: null, clock.Now()),
                    Back = $"/dashboard/{storeId}/orders/{id}",
                });
            })
            .WithMetadata(new FramedByOwnPages())
            .ExcludeFromDescription();
    }

    /// <summary>The tickets of an order; null where it is not there for the actor.</summary>
    internal static List? Find(Database database, TimeProvider clock, long order, Actor actor) =>
        database.Read(db => Order.Find(db, order, actor) is null ? null : Of(db, order, clock.Now()));

    /// <summary>Whether the store has a printer that is switched on.</summary>
    internal static bool HasPrinter(Database database, long store) => database.Read(db => Active(db, store).Count > 0);

    /// <summary>Has a ticket printed on each printer of the store that is switched on; null where the order is not there.</summary>
    internal static Task<List?> PrintAsync(Database database, TimeProvider clock, long id, Actor actor) => database.WriteAsync(db =>
    {
        if (Order.Find(db, id, actor) is not { } order)
            return null;
        var now = clock.Now();
        foreach (var printer in Active(db, order.StoreId).Except(db.Query<long>(AskedSql, new { id })))
            PrintJob.Make(db, printer, order.StoreId, id, now);
        return Of(db, id, now);
    });

    private static List<long> Active(DbConnection db, long store) => db.Query<long>(ActiveSql, new { store }).AsList();

    private static List Of(DbConnection db, long order, DateTimeOffset now) => new(
    [
        .. db.Query<View>(TicketsSql, new { order }).Select(ticket =>
            ticket.Status is DeliveryStatus.Waiting && ticket.At + PrintJob.Longest < now
                ? ticket with { Status = DeliveryStatus.Failed, Fault = PrintJob.TooOld, EndedAt = ticket.At + PrintJob.Longest }
            : ticket.Status is DeliveryStatus.Sent ? ticket with { Fault = null }
            : ticket),
    ]);

    private const string ActiveSql = """
        SELECT p.destination_id FROM printers p
          JOIN destinations t ON t.id = p.destination_id
         WHERE p.store_id = @store AND t.active = 1 AND t.removed_at IS NULL
         ORDER BY p.destination_id
        """;

    // A second tap before the printer has asked.
    private const string AskedSql =
        "SELECT destination_id FROM deliveries WHERE order_id = @id AND event = 'Ticket' AND status = 'waiting' AND about <> ''";

    private const string TicketsSql = """
        SELECT d.id, p.name AS printer, d.status, CASE d.about WHEN '' THEN a.created_at ELSE d.created_at END AS at, d.ended_at,
               COALESCE((SELECT t.fault FROM delivery_attempts t WHERE t.delivery_id = d.id ORDER BY t.number DESC LIMIT 1),
                        CASE d.status WHEN 'waiting' THEN p.trouble WHEN 'failed' THEN 'The printer was switched off or removed.' END)
               AS fault
          FROM deliveries d
          JOIN printers p ON p.destination_id = d.destination_id
          JOIN audit_log a ON a.store_id = d.store_id AND a.sequence = d.sequence
         WHERE d.order_id = @order
         ORDER BY d.id DESC
         LIMIT 20
        """;
}
