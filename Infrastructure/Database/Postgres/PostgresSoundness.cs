using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The checks of a PostgreSQL database. PostgreSQL checks its pages as it reads them, where it has checksums; what a superuser can
/// switch off is looked at here.
/// </summary>
internal sealed class PostgresSoundness : Soundness
{
    /// <summary>The triggers of the migrations, each with its table. A test compares them with a new database.</summary>
    internal static readonly IReadOnlySet<string> Triggers = new HashSet<string>
    {
        "audit_log.audit_log_has_no_gaps", "audit_log.audit_log_is_frozen", "audit_log.audit_log_is_kept",
        "audit_log.audit_log_is_kept_whole", "merchant_log.merchant_log_is_frozen", "merchant_log.merchant_log_is_kept",
        "merchant_log.merchant_log_is_kept_whole", "merchant_log.merchant_log_is_new", "order_items.order_items_are_frozen",
        "order_items.order_items_are_kept", "order_items.order_items_are_kept_whole", "order_items.order_items_only_at_checkout",
        "orders.orders_are_erased_everywhere", "orders.orders_are_kept", "orders.orders_are_kept_whole",
        "orders.orders_change_by_the_rules", "orders.orders_start_pending", "service_log.service_log_is_frozen",
        "service_log.service_log_is_kept", "service_log.service_log_is_kept_whole", "service_log.service_log_is_new",
        "stores.stores_have_counters", "stores.stores_join_destinations",
    };

    /// <summary>The indexes of the migrations beside those of keys. A test compares them with a new database.</summary>
    internal static readonly IReadOnlySet<string> Indexes = new HashSet<string>
    {
        "idx_api_tokens_user", "idx_audit_log_order_version", "idx_audit_log_store_sequence", "idx_deliveries_due",
        "idx_deliveries_ended", "idx_deliveries_list", "idx_deliveries_order", "idx_deliveries_waiting", "idx_destinations_merchant",
        "idx_devices_store", "idx_idempotency_keys_created", "idx_merchant_log_merchant", "idx_merchant_log_subject",
        "idx_one_time_links_user", "idx_orders_search", "idx_orders_status", "idx_orders_store_cancelled", "idx_orders_store_completed",
        "idx_orders_store_created", "idx_orders_store_status", "idx_printers_store", "idx_service_log_store", "idx_sessions_expires",
        "idx_sessions_user",
    };

    internal const string TriggersSql = """
        SELECT CAST(t.tgrelid AS regclass) || '.' || t.tgname AS name, t.tgenabled IN ('O', 'A') AS works
          FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = CAST('public' AS regnamespace) AND NOT t.tgisinternal
         ORDER BY 1
        """;

    internal const string IndexesSql = """
        SELECT CAST(i.indexrelid AS regclass) || '' AS name, i.indisvalid AND i.indisready AS works
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = CAST('public' AS regnamespace)
         ORDER BY 1
        """;

    /// <summary>Constraints are in force, and each store's counter is where its log is.</summary>
    public override IEnumerable<string> Integrity(DbConnection db) =>
        db.Query<(string Name, string Table)>("""
            SELECT conname || '', CAST(conrelid AS regclass) || ''
              FROM pg_constraint
             WHERE connamespace = CAST('public' AS regnamespace) AND NOT convalidated
             ORDER BY 1
            """).Select(constraint => $"The constraint {constraint.Name} of {constraint.Table} is not validated.")
        .Concat(db.Query<(long Store, long? Counter, long Log)>("""
            SELECT s.id, c.sequence, COALESCE(l.sequence, 0)
              FROM stores s
              LEFT JOIN store_counters c ON c.store_id = s.id
              LEFT JOIN (SELECT store_id, MAX(sequence) AS sequence FROM audit_log GROUP BY store_id) l ON l.store_id = s.id
             WHERE c.sequence IS DISTINCT FROM COALESCE(l.sequence, 0)
             ORDER BY s.id
            """).Select(store =>
                $"Store {store.Store}: its counter is at {store.Counter?.ToString() ?? "nothing"}, its log ends with {store.Log}."));

    public override IEnumerable<string> ForeignKeys(DbConnection db)
    {
        var keys = db.Query<(string Table, string Parent, string Given, string Fits)>("""
            SELECT CAST(c.conrelid AS regclass) || '', CAST(c.confrelid AS regclass) || '',
                   string_agg(format('c.%I IS NOT NULL', a.attname), ' AND '),
                   string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ')
              FROM pg_constraint c
             CROSS JOIN unnest(c.conkey, c.confkey) AS k (own, others)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
              JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.others
             WHERE c.contype = 'f' AND c.connamespace = CAST('public' AS regnamespace)
             GROUP BY c.oid, c.conrelid, c.confrelid
             ORDER BY 1, 2
            """).AsList();
        foreach (var key in keys)
            for (var lost = db.ExecuteScalar<long>($"""
                SELECT COUNT(*) FROM {key.Table} c WHERE {key.Given} AND NOT EXISTS (SELECT 1 FROM {key.Parent} p WHERE {key.Fits})
                """); lost > 0; lost--)
                yield return $"A row of {key.Table} belongs to a row of {key.Parent} that does not exist.";
    }

    public override IEnumerable<string> Schema(DbConnection db)
    {
        var triggers = db.Query<(string Name, bool Works)>(TriggersSql).ToDictionary(row => row.Name, row => row.Works);
        var indexes = db.Query<(string Name, bool Works)>(IndexesSql).ToDictionary(row => row.Name, row => row.Works);
        foreach (var (type, expected, found) in new[] { ("index", Indexes, indexes), ("trigger", Triggers, triggers) })
            foreach (var name in expected.Where(name => !found.ContainsKey(name)).Order(StringComparer.Ordinal))
                yield return $"The {type} {name} is missing.";
        foreach (var (name, _) in indexes.Where(index => !index.Value))
            yield return $"The index {name} is not valid.";
        foreach (var (name, works) in triggers)
            if (!works)
                yield return $"The trigger {name} is switched off.";
            else if (!Triggers.Contains(name))
                yield return $"The trigger {name} is not of the migrations.";
        foreach (var table in db.Query<string>("""
            SELECT DISTINCT CAST(t.tgrelid AS regclass) || ''
              FROM pg_trigger t
              JOIN pg_class c ON c.oid = t.tgrelid
             WHERE c.relnamespace = CAST('public' AS regnamespace) AND t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
             ORDER BY 1
            """))
            yield return $"Foreign keys of {table} are switched off.";
    }

    /// <summary>PostgreSQL's index is a part of the table: it has each order, where <see cref="Schema"/> finds it valid.</summary>
    public override IEnumerable<string> Search(DbConnection db) => [];
}
