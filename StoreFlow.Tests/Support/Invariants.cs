using System.Data.Common;
using Dapper;

namespace StoreFlow.Tests;

/// <summary>What always holds in the file: the second section of the design, read from the database itself.</summary>
public static class Invariants
{
    private static readonly Dictionary<string, string> Broken = new()
    {
        ["an order's total is not the sum of its parts"] = """
            SELECT o.id FROM orders o
             WHERE o.total <> o.subtotal + o.shipping_cost
                OR o.subtotal <> (SELECT COALESCE(SUM(i.unit_price * i.quantity), -1) FROM order_items i WHERE i.order_id = o.id)
            """,
        ["a price or a name is not the catalogue's"] = """
            SELECT i.order_id FROM order_items i JOIN orders o ON o.id = i.order_id
              LEFT JOIN products p ON p.id = i.product_id AND p.store_id = o.store_id
             WHERE p.id IS NULL OR i.unit_price <> p.price OR i.name <> p.name OR i.sku <> p.sku OR i.quantity NOT BETWEEN 1 AND 999
            """,
        ["a status is not one of the order's kind"] = """
            SELECT id FROM orders
             WHERE (status IN ('in_progress', 'ready', 'completed') AND fulfilment_type <> 'pickup')
                OR (status IN ('packing', 'shipped', 'delivered') AND fulfilment_type <> 'shipping')
                OR (fulfilment_type = 'pickup') <> (shipping_status IS NULL)
                OR (fulfilment_type = 'shipping' AND status <> 'cancelled'
                    AND shipping_status <> CASE WHEN status IN ('shipped', 'delivered') THEN status ELSE 'pending' END)
            """,
        ["a parcel's tracking does not fit its status"] =

            "SELECT id FROM orders WHERE status <> 'cancelled' AND (status IN ('shipped', 'delivered')) <> (tracking_code IS NOT NULL)",
        ["a cancelled order lacks its time or its reason, or another has one"] = """
            SELECT id FROM orders
             WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL) OR (status = 'cancelled') <> (cancel_reason IS NOT NULL)
            """,
        ["a version has not exactly one audit row"] = """
            SELECT o.id FROM orders o
             WHERE o.version <> (SELECT COUNT(*) FROM audit_log a WHERE a.entity_id = o.id)
                OR o.version <> (SELECT MAX(a.version) FROM audit_log a WHERE a.entity_id = o.id)
                OR 1 <> (SELECT MIN(a.version) FROM audit_log a WHERE a.entity_id = o.id)
            """,
        ["an order is not where its audit log says"] = """
            SELECT o.id FROM orders o
             WHERE o.status <> (SELECT json_extract(a.meta, '$.new_status') FROM audit_log a
                                 WHERE a.entity_id = o.id AND json_extract(a.meta, '$.new_status') IS NOT NULL
                                 ORDER BY a.version DESC LIMIT 1)
            """,
        ["an audit row begins where the one before did not end"] = """
            SELECT a.id FROM audit_log a
             WHERE json_extract(a.meta, '$.old_status') <> (
                   SELECT json_extract(b.meta, '$.new_status') FROM audit_log b
                    WHERE b.entity_id = a.entity_id AND b.version < a.version
                      AND json_extract(b.meta, '$.new_status') IS NOT NULL
                    ORDER BY b.version DESC LIMIT 1)
            """,
        ["an audit row stands in another store than its order"] = """
            SELECT a.id FROM audit_log a LEFT JOIN orders o ON o.id = a.entity_id
             WHERE o.id IS NULL OR o.store_id <> a.store_id OR o.merchant_id <> a.merchant_id
            """,
        ["somebody took a step who does not work there"] = """
            SELECT a.id FROM audit_log a
             WHERE a.user_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = a.user_id AND r.store_id = a.store_id)
            """,
        ["a store's sequence has a gap"] = """
            SELECT store_id FROM audit_log
             GROUP BY store_id
            HAVING COUNT(*) <> MAX(sequence) OR MIN(sequence) <> 1 OR COUNT(DISTINCT sequence) <> COUNT(*)
            """,
        ["a public id is none"] =
            "SELECT id FROM orders WHERE length(public_id) <> 26 OR rtrim(public_id, '0123456789ABCDEFGHJKMNPQRSTVWXYZ') <> ''",
    };

    private static readonly Dictionary<string, string> BrokenFile = new()
    {
        ["a row points to nothing"] = "SELECT 1 FROM pragma_foreign_key_check",
        ["the file is damaged"] = "SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    };

    /// <summary>Checks the whole file of the app.</summary>
    public static void Hold(StoreFlowApp app)
    {
        using var db = app.OpenDatabase();
        Hold(db);
    }

    public static void Hold(DbConnection db)
    {
        foreach (var (sentence, sql) in TestDatabase.IsPostgres ? Broken : Broken.Concat(BrokenFile))
            Assert.True(db.Query<long?>(sql).AsList() is [], $"{sentence}: {string.Join(", ", db.Query<long?>(sql).Take(10))}");
    }
}
