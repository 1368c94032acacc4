using System.Data.Common;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>Checks of the file itself, before its rows are checked for their meaning.</summary>
internal static class IntegrityChecks
{
    public static IEnumerable<string> Integrity(DbConnection db) =>
        db.Query<string>("PRAGMA integrity_check").Where(line => line != "ok").Select(line => $"Integrity check: {line}.");

    public static IEnumerable<string> ForeignKeys(DbConnection db) =>
        db.Query<(string Table, long? Row, string Parent)>("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check ORDER BY 1, 2, 3")
            .Select(row =>
                $"A row of {row.Table}{(row.Row is null ? "" : $", number {row.Row},")} belongs to a row of {row.Parent} " +
                "that does not exist.");

    /// <summary>
    /// Tables, indexes, views and triggers are exactly the ones that the migrations make. Others may exist beside them,
    /// except triggers, which could change what a step writes.
    /// </summary>
    public static IEnumerable<string> Schema(DbConnection db)
    {
        var found = Migrator.SchemaOf(db);
        foreach (var (name, (type, sql)) in Migrator.NewestSchema.Value)
            if (!found.TryGetValue(name, out var there))
                yield return $"The {type} {name} is missing.";
            else if (there != (type, sql))
                yield return $"The {type} {name} is not as the migrations make it.";
        foreach (var (name, (type, _)) in found)
            if (type == "trigger" && !Migrator.NewestSchema.Value.ContainsKey(name))
                yield return $"The trigger {name} is not of the migrations.";
    }

    /// <summary>The lifecycle that the triggers read is the one of the code.</summary>
    public static IEnumerable<string> LifecycleRows(DbConnection db)
    {
        var found = db.Query<(string, string, long, bool, bool, string?, bool)>(
            "SELECT fulfilment_type, status, rank, terminal, needs_tracking, shipping_status, cancelled FROM lifecycle").ToHashSet();
        return Lifecycle.Stages
            .Where(stage => !found.Contains((
                Names.Of(stage.Type), Names.Of(stage.Status), stage.Rank, stage.IsTerminal, stage.NeedsTracking,
                stage.ShippingStatus is { } shipping ? Names.Of(shipping) : null, stage.IsCancelled)))
            .Select(stage =>
                $"The lifecycle's row for {Names.Of(stage.Status)} of {Names.Of(stage.Type)} is not as the migrations make it.");
    }

    /// <summary>What was erased has nothing personal left, in its log either.</summary>
    public static IEnumerable<string> Erased(DbConnection db) =>
        db.Query<long>("""
            SELECT id
              FROM orders o
             WHERE erased_at IS NOT NULL
               AND (customer_name <> 'erased' OR customer_email <> ''
                    OR COALESCE(customer_phone, note, cancel_note, address_line2, region, tracking_url, shelf, pickup_code) IS NOT NULL
                    OR COALESCE(shipping_name, 'erased') <> 'erased' OR COALESCE(address_line1, 'erased') <> 'erased'
                    OR COALESCE(city, 'erased') <> 'erased' OR COALESCE(postal_code, 'erased') <> 'erased'
                    OR COALESCE(tracking_code, 'erased') <> 'erased'
                    OR EXISTS (SELECT 1
                                 FROM audit_log a
                                WHERE a.entity_id = o.id
                                  AND (COALESCE(json_extract(a.meta, '$.reason'), 'erased') <> 'erased'
                                       OR json_extract(a.meta, '$.cancel_note') IS NOT NULL)))
            """).Select(id => $"Order {id}: it is erased, and has personal data.");

    /// <summary>Every order can be found by its name. The check of the file also covers the index's own structure.</summary>
    public static IEnumerable<string> Search(DbConnection db) =>
        db.Query<long>("SELECT id FROM orders EXCEPT SELECT id FROM order_search_docsize")
            .Select(id => $"Order {id}: the search index does not have it.")
            .Concat(db.Query<long>("SELECT id FROM order_search_docsize EXCEPT SELECT id FROM orders")
                .Select(id => $"Order {id}: only the search index has it."));
}
