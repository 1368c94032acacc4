using System.Data.Common;
using Dapper;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Printers;

/// <summary>A ticket that waits for a printer: a delivery, with how far the printer has come with it.</summary>
internal sealed record PrintJob
{
    /// <summary>No ticket is printed later than that: in the morning nobody wants those of the night.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>How often one is offered without a word from the printer after it has fetched it.</summary>
    private const int MostUnconfirmed = 2;

    public const string TooOld = "It is older than 30 minutes.";
    public const string NotConfirmed = "The printer fetched it, and did not say that it printed it.";

    public long Id { get; init; }
    public long DestinationId { get; init; }
    public long OrderId { get; init; }
    public long Sequence { get; init; }
    public required string MessageId { get; init; }
    public required string About { get; init; }

    /// <summary>When it was asked for: the step that the log tells of, or the request to print it again.</summary>
    public DateTimeOffset At { get; init; }

    public OrderStatus OrderStatus { get; init; }

    /// <summary>Whether the printer has fetched it since it was last offered.</summary>
    public bool IsFetched { get; init; }

    /// <summary>How often the printer has fetched it and then asked for the next one as if it had not.</summary>
    public long Unconfirmed { get; init; }

    /// <summary>Whether some of it may have been printed before.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Whether the printer got a ticket of the order before this one.</summary>
    public bool IsRepeated { get; init; }

    private bool IsAskedFor => About.Length > 0;

    /// <summary>What stands above the ticket; null for nothing.</summary>
    public string? Head => IsCopy ? "PERHAPS A COPY" : IsRepeated ? "PRINTED AGAIN" : null;

    /// <summary>Those that wait, in the order of the log.</summary>
    public static IReadOnlyList<PrintJob> Waiting(DbConnection db, long printer) =>
        db.Query<PrintJob>($"{FindSql} WHERE d.destination_id = @printer AND d.status = 'waiting' ORDER BY d.id LIMIT 100", new { printer })
            .AsList();

    /// <summary>Why it is not printed any more; null where it is.</summary>
    public string? Over(DateTimeOffset now) =>
        At + Longest < now ? IsFetched || Unconfirmed > 0 ? $"{TooOld} {NotConfirmed}" : TooOld
        : IsFetched && Unconfirmed + 1 >= MostUnconfirmed ? $"{NotConfirmed} Twice: perhaps it is printed."
        : IsAskedFor ? null
        : Lifecycle.Cancels(OrderStatus) ? "The order was cancelled before."
        : IsRepeated ? "A ticket of this order was printed before."
        : null;

    /// <summary>The printer got it.</summary>
    public void SetFetched(DbConnection db) => db.Execute(FetchedSql, new { Id });

    /// <summary>It is offered again, after the printer fetched it and did not confirm it.</summary>
    public void OfferAgain(DbConnection db) => db.Execute(
        "UPDATE print_jobs SET is_fetched = 0, unconfirmed = unconfirmed + 1, is_copy = 1 WHERE delivery_id = @Id", new { Id });

    /// <summary>The printer could not print it, and says so.</summary>
    public void SetBroken(DbConnection db, bool isCopy) => db.Execute(BrokenSql, new { Id, isCopy });

    /// <summary>Writes down what came of it.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="fault">Why it was not printed; null where it was.</param>
    /// <param name="status">What it is from then on.</param>
    /// <param name="now">The time.</param>
    public void Record(DbConnection db, string? fault, DeliveryStatus status, DateTimeOffset now)
    {
        if (status is DeliveryStatus.Waiting && Delivery.AttemptsOf(db, Id).LastOrDefault()?.Fault == fault)
            return; // it asks every few seconds
        Delivery.Find(db, DestinationId, Id)!.Record(
            db, new() { BeganAt = now, Fault = fault }, status, status is DeliveryStatus.Waiting ? now : null,
            isOfMessage: status is DeliveryStatus.Failed);
    }

    /// <summary>Asks for a ticket of an order once more, from its newest state.</summary>
    public static void Make(DbConnection db, long printer, long storeId, long orderId, DateTimeOffset now)
    {
        var (sequence, before) = db.QuerySingle<(long, long)>(NewestSql, new { printer, storeId, orderId });
        DeliveryChanges.Make(db, printer, storeId, sequence, orderId, PrinterChannel.Ticket, now, $"again {before + 1}");
    }

    private const string FindSql = """
        SELECT d.id, d.destination_id, d.order_id, d.sequence, d.message_id, d.about,
               CASE d.about WHEN '' THEN a.created_at ELSE d.created_at END AS at,
               o.status AS order_status, COALESCE(j.is_fetched, 0) AS is_fetched, COALESCE(j.unconfirmed, 0) AS unconfirmed,
               COALESCE(j.is_copy, 0) AS is_copy,
               EXISTS (SELECT 1 FROM deliveries e
                         LEFT JOIN print_jobs f ON f.delivery_id = e.id
                        WHERE e.order_id = d.order_id AND e.destination_id = d.destination_id AND e.id < d.id
                          AND (e.status = 'sent' OR f.delivery_id IS NOT NULL)) AS is_repeated
          FROM deliveries d
          JOIN audit_log a ON a.store_id = d.store_id AND a.sequence = d.sequence
          JOIN orders o ON o.id = d.order_id
          LEFT JOIN print_jobs j ON j.delivery_id = d.id
        """;

    private const string FetchedSql = """
        INSERT INTO print_jobs (delivery_id, is_fetched) VALUES (@Id, 1)
        ON CONFLICT (delivery_id) DO UPDATE SET is_fetched = 1
        """;

    private const string BrokenSql = """
        UPDATE print_jobs SET is_fetched = 0, is_copy = CASE @isCopy WHEN 1 THEN 1 ELSE is_copy END
         WHERE delivery_id = @Id AND is_fetched = 1
        """;

    private const string NewestSql = """
        SELECT (SELECT MAX(sequence) FROM audit_log WHERE store_id = @storeId AND entity_id = @orderId),
               (SELECT COUNT(*) FROM deliveries WHERE order_id = @orderId AND destination_id = @printer AND about <> '')
        """;
}
