using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Dapper;
using StoreFlow.Features.VerifyOrders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>What the server has acknowledged. It is kept outside the server and compared with the file.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, string> _checkouts = new();
    private readonly ConcurrentDictionary<(string PublicId, long Version), string> _acknowledged = new();
    private readonly ConcurrentQueue<(string PublicId, long Version, string Status)> _unchecked = new();
    private readonly ConcurrentQueue<string> _wrong = new();

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Each step that was acknowledged, by the version that it made.</summary>
    public IEnumerable<(string PublicId, long Version)> Steps => _acknowledged.Keys;

    /// <summary>A checkout with this key was answered. A key has one order for ever.</summary>
    public void Placed(string key, string publicId)
    {
        if (_checkouts.GetOrAdd(key, publicId) != publicId)
            _wrong.Enqueue($"The key {key} got two orders.");
        else
            Moved(publicId, 1, "pending", again: true);
    }

    /// <summary>A step was answered with 200: only that step made this version.</summary>
    public void Moved(string publicId, long version, string status, bool again = false)
    {
        if (_acknowledged.TryAdd((publicId, version), status))
            _unchecked.Enqueue((publicId, version, status));
        else if (!again)
            _wrong.Enqueue($"Version {version} of {publicId} was acknowledged twice.");
    }

    /// <summary>Each acknowledged step is there exactly once, in the order and in the audit log, and the whole file is sound.</summary>
    public void Check(string file)
    {
        var due = new List<(string PublicId, long Version, string Status)>();
        while (_unchecked.TryDequeue(out var one))
            due.Add(one);
        Assert.Empty(_wrong);
        var (lost, report) = Read(file, db => (
            due.Where(one =>
                db.QuerySingleOrDefault<(long, long)>(FindSql, new { one.PublicId, one.Version, one.Status }) != (1, 1)).ToList(),
            Verification.Run(db)));
        Assert.Empty(lost);
        Assert.Empty(report.Shown);
    }

    /// <summary>Of an SQLite file, or of a PostgreSQL database by its connection string.</summary>
    private static T Read<T>(string file, Func<DbConnection, T> query) => file.StartsWith("Host=", StringComparison.Ordinal)
        ? CommandDatabase.Find(new Settings { Database = file }).Read(query)
        : DatabaseFile.Read(file, query);

    private const string FindSql = """
        SELECT SUM(CASE WHEN json_extract(a.meta, '$.new_status') = @Status OR (@Status = 'shipped' AND a.action = 'tracking_corrected')
                        THEN 1 ELSE 0 END),
               MAX(CASE WHEN o.version >= a.version THEN 1 ELSE 0 END)
          FROM orders o
          JOIN audit_log a ON a.entity_id = o.id
         WHERE o.public_id = @PublicId AND a.version = @Version
        """;

    /// <summary>As many orders as checkouts, whatever was sent again and again.</summary>
    public void CheckThatNoCheckoutHasTwoOrders(string file) => Assert.Equal(
        _checkouts.Values.Order(StringComparer.Ordinal),
        Read(file, db => db.Query<string>("SELECT public_id FROM orders").Order(StringComparer.Ordinal).ToList()));

    /// <summary>What a subscriber of a store must have got, read from the audit rows.</summary>
    public static List<string> HistoryOfStore(string file, long store) => History(file, "a.store_id = @store", "a.sequence", new { store });

    /// <summary>What a customer must have got since a version.</summary>
    public static List<string> HistoryOfOrder(string file, string publicId, long after) =>
        History(file, "o.public_id = @publicId AND a.version > @after", "a.version", new { publicId, after });

    private static List<string> History(string file, string where, string place, object values) => Read(file, db =>
        db.Query<(long Place, string PublicId, long Version, string? Status, string? Old, string? Shipping, string? Code)>($"""
            SELECT {place}, o.public_id, a.version,
                   json_extract(a.meta, '$.new_status'), json_extract(a.meta, '$.old_status'),
                   json_extract(a.meta, '$.shipping_status'), json_extract(a.meta, '$.tracking_code')
              FROM audit_log a
              JOIN orders o ON o.id = a.entity_id
             WHERE {where}
             ORDER BY {place}
            """, values).SelectMany(row => new[]
            {
                row.Status is null
                    ? null
                    : Line(row.Place, row.Old is null ? "OrderCreated" : "OrderStatusUpdated", row.PublicId, row.Version, row.Status),
                row.Shipping is null ? null : Line(row.Place, "ShippingUpdated", row.PublicId, row.Version, $"{row.Shipping} {row.Code}"),
            }).OfType<string>().ToList());

    /// <summary>One event as both sides write it.</summary>
    public static string Line(long place, string name, string publicId, long version, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{place} {name} {publicId} v{version} {what}");
}
