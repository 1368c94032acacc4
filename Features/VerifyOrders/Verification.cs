using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>What the check of a whole file found; only the first differences are kept as sentences.</summary>
internal sealed record Report(long Orders, long AuditRows, long Count, IReadOnlyList<string> Shown);

/// <summary>All checks of a file, a batch of orders at a time. More orders take more time but no more memory.</summary>
internal sealed class Verification
{
    private const int MostShown = 100;
    private const int Batch = 1000;

    private readonly DbConnection _db;
    private readonly List<string> _shown = [];
    private long _count;
    private long _orders;
    private long _auditRows;

    private Verification(DbConnection db) => _db = db;

    /// <param name="db">A connection that sees one commit from first to last.</param>
    public static Report Run(DbConnection db)
    {
        var verification = new Verification(db);
        var soundness = Soundness.Of(db);
        verification.Check("integrity", () => soundness.Integrity(db));
        verification.Check("foreign keys", () => soundness.ForeignKeys(db));
        verification.Check("the schema", () => soundness.Schema(db));
        verification.Check("the lifecycle", () => IntegrityChecks.LifecycleRows(db));
        verification.Check("sequences", verification.Sequences);
        verification.Check("orders", verification.Orders);
        verification.Check("what was erased", () => IntegrityChecks.Erased(db));
        verification.Check("the search index", () => soundness.Search(db));
        return new(verification._orders, verification._auditRows, verification._count, verification._shown);
    }

    private void Check(string what, Func<IEnumerable<string>> differences)
    {
        try
        {
            foreach (var difference in differences())
                Note(difference);
        }
        catch (Exception fault) when (fault is DbException or InvalidCastException)
        {
            Note($"The check of {what} could not go on: {fault.Message}"); // a damaged page, or a table that is not there
        }
    }

    private void Note(string difference)
    {
        if (++_count <= MostShown)
            _shown.Add(difference);
    }

    /// <summary>Each store's rows count 1, 2, 3 ... in the order in which they were committed.</summary>
    private IEnumerable<string> Sequences()
    {
        var (store, last, lastId) = (0L, 0L, 0L);
        var rows = _db.Query<AuditRow>(
            "SELECT store_id, sequence, id FROM audit_log ORDER BY store_id, sequence", buffered: false);
        foreach (var row in rows)
        {
            _auditRows++;
            if (row.StoreId != store)
                (store, last, lastId) = (row.StoreId, 0, long.MinValue);
            if (row.Sequence <= last)
                yield return $"Store {store}: sequence {row.Sequence} is there more than once, or is below 1.";
            else if (row.Sequence > last + 1)
                yield return row.Sequence == last + 2
                    ? $"Store {store}: sequence {last + 1} is missing."
                    : $"Store {store}: sequences {last + 1} to {row.Sequence - 1} are missing.";
            if (row.Id < lastId)
                yield return $"Store {store}: sequence {row.Sequence} was written before the one that it follows.";
            (last, lastId) = (row.Sequence, row.Id);
        }
    }

    private IEnumerable<string> Orders()
    {
        for (var from = long.MinValue; ;)
        {
            var orders = _db.Query<OrderRow>(OrderSql, new { from, Batch }).AsList();
            if (orders.Count == 0)
                yield break;
            var range = new { from, to = orders[^1].Id };
            var logs = _db.Query<AuditRow>(AuditSql, range).ToLookup(row => row.EntityId);
            var items = _db.Query<ItemSum>(ItemSql, range).ToDictionary(sum => sum.OrderId);
            foreach (var order in orders)
                foreach (var difference in Replay.Differences(order, [.. logs[order.Id]], items.GetValueOrDefault(order.Id, new())))
                    yield return $"Order {order.Id}: {difference}.";
            _orders += orders.Count;
            from = range.to;
        }
    }

    private const string OrderSql = """
        SELECT id, merchant_id, store_id, fulfilment_type, status, shipping_status, version, subtotal, tracking_code,
               tracking_url, created_at, accepted_at, started_at, ready_at, completed_at,
               cancelled_at, cancel_reason, cancel_note, promised_at, shelf
          FROM orders
         WHERE id > @from
         ORDER BY id
         LIMIT +@Batch
        """;

    private const string AuditSql = """
        SELECT id, merchant_id, store_id, sequence, entity_id, action, version, meta, created_at
          FROM audit_log
         WHERE entity_id > @from AND entity_id <= @to
         ORDER BY entity_id, version
        """;

    private const string ItemSql = """
        SELECT order_id, CAST(SUM(quantity) AS BIGINT) AS pieces, CAST(SUM(unit_price * quantity) AS BIGINT) AS worth
          FROM order_items
         WHERE order_id > @from AND order_id <= @to
         GROUP BY order_id
        """;
}

/// <summary>An order as the file has it: only text and numbers, because a damaged file may hold any.</summary>
internal sealed record OrderRow
{
    public long Id { get; init; }
    public long MerchantId { get; init; }
    public long StoreId { get; init; }
    public required string FulfilmentType { get; init; }
    public required string Status { get; init; }
    public string? ShippingStatus { get; init; }
    public long Version { get; init; }
    public long Subtotal { get; init; }
    public string? TrackingCode { get; init; }
    public string? TrackingUrl { get; init; }
    public long CreatedAt { get; init; }
    public long? AcceptedAt { get; init; }
    public long? StartedAt { get; init; }
    public long? ReadyAt { get; init; }
    public long? CompletedAt { get; init; }
    public long? CancelledAt { get; init; }
    public string? CancelReason { get; init; }
    public string? CancelNote { get; init; }
    public long? PromisedAt { get; init; }
    public string? Shelf { get; init; }
}

/// <summary>An audit row as the file has it.</summary>
internal sealed record AuditRow
{
    public long Id { get; init; }
    public long MerchantId { get; init; }
    public long StoreId { get; init; }
    public long Sequence { get; init; }
    public long EntityId { get; init; }
    public string Action { get; init; } = "";
    public long Version { get; init; }
    public string Meta { get; init; } = "";
    public long CreatedAt { get; init; }
}

/// <summary>What an order's items come to.</summary>
internal sealed record ItemSum
{
    public long OrderId { get; init; }
    public long Pieces { get; init; }
    public long Worth { get; init; }
}
