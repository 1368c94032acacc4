using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// Personal data of finished orders can be erased: the one door through what never changes. The update that sets <c>erased_at</c> has to
/// set every personal field to its mark and to leave everything else alone; triggers then carry it into the audit log and the search.
/// </summary>
[Migration(21)]
public sealed class M0021_Erasing : ForwardOnlyMigration
{
    private const string Erases = "(OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)";

    /// <summary>What becomes of an audit row's meta. Texts that the log needs to be understood keep a mark, others go.</summary>
    private static string Erased(string meta) =>
        $"json_remove(json_replace({meta}, '$.reason', 'erased', '$.tracking_code', 'erased', '$.old_tracking_code', 'erased'), "
        + "'$.tracking_url', '$.old_tracking_url', '$.cancel_note', '$.shelf')";

    public override void Up()
    {
        Execute.Sql(Columns);
        Execute.Sql(Snapshot);
        Execute.Sql(Door);
        Execute.Sql(Log);
    }

    private const string Columns = """
        ALTER TABLE orders ADD COLUMN erased_at INTEGER;

        -- How many days after an order was finished its personal data are erased by themselves; null for never.
        ALTER TABLE merchants ADD COLUMN erase_after_days INTEGER CHECK (erase_after_days BETWEEN 1 AND 3650);
        ALTER TABLE merchants ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

        -- Erased orders whose names may still be in 0: the search index's older segments, 1: these, which are being merged,
        -- 2: the write-ahead log.
        CREATE TABLE erasing_leftovers (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            stage    INTEGER NOT NULL DEFAULT 0 CHECK (stage BETWEEN 0 AND 2)
        ) STRICT;
        """;

    // SQLite asks the newest trigger first. All that change are made again, in the order that they had.
    private const string Snapshot = $"""
        DROP TRIGGER orders_snapshot_is_frozen;
        DROP TRIGGER orders_version_grows_by_one;
        DROP TRIGGER orders_terminal_is_terminal;
        DROP TRIGGER orders_wish_is_frozen;
        DROP TRIGGER orders_code_is_frozen;

        CREATE TRIGGER orders_snapshot_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.id IS NOT OLD.id OR NEW.public_id IS NOT OLD.public_id
          OR NEW.merchant_id IS NOT OLD.merchant_id OR NEW.store_id IS NOT OLD.store_id
          OR NEW.fulfilment_type IS NOT OLD.fulfilment_type OR NEW.currency IS NOT OLD.currency
          OR NEW.subtotal IS NOT OLD.subtotal OR NEW.shipping_cost IS NOT OLD.shipping_cost OR NEW.total IS NOT OLD.total
          OR NEW.shipping_method IS NOT OLD.shipping_method OR NEW.country IS NOT OLD.country OR NEW.created_at IS NOT OLD.created_at
          OR (NOT {Erases}
              AND (NEW.customer_name IS NOT OLD.customer_name OR NEW.customer_email IS NOT OLD.customer_email
                   OR NEW.customer_phone IS NOT OLD.customer_phone
                   OR NEW.shipping_name IS NOT OLD.shipping_name OR NEW.address_line1 IS NOT OLD.address_line1
                   OR NEW.address_line2 IS NOT OLD.address_line2 OR NEW.city IS NOT OLD.city OR NEW.region IS NOT OLD.region
                   OR NEW.postal_code IS NOT OLD.postal_code OR NEW.note IS NOT OLD.note))
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;

        CREATE TRIGGER orders_version_grows_by_one BEFORE UPDATE ON orders
        WHEN NEW.version IS NOT OLD.version + 1 AND NOT {Erases}
        BEGIN SELECT RAISE(ABORT, 'version only grows by one'); END;

        CREATE TRIGGER orders_terminal_is_terminal BEFORE UPDATE ON orders
        WHEN NOT {Erases}
         AND (SELECT terminal FROM lifecycle WHERE fulfilment_type = OLD.fulfilment_type AND status = OLD.status) = 1
        BEGIN SELECT RAISE(ABORT, 'nothing leaves a terminal status'); END;

        CREATE TRIGGER orders_wish_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.pickup_at IS NOT OLD.pickup_at
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;

        CREATE TRIGGER orders_code_is_frozen BEFORE UPDATE ON orders
        WHEN (NEW.pickup_code IS NOT OLD.pickup_code AND NOT {Erases})
          OR NEW.source IS NOT OLD.source OR NEW.own_courier IS NOT OLD.own_courier
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;
        """;

    // A column that a later migration adds to orders belongs into this trigger: as what stays, or with its mark.
    private const string Door = """
        CREATE TRIGGER orders_are_erased_whole BEFORE UPDATE ON orders
        WHEN NEW.erased_at IS NOT OLD.erased_at
         AND (OLD.erased_at IS NOT NULL
              OR NOT EXISTS (SELECT 1 FROM lifecycle
                              WHERE fulfilment_type = OLD.fulfilment_type AND status = OLD.status AND terminal = 1)
              OR NEW.status IS NOT OLD.status OR NEW.shipping_status IS NOT OLD.shipping_status OR NEW.version IS NOT OLD.version
              OR NEW.accepted_at IS NOT OLD.accepted_at OR NEW.started_at IS NOT OLD.started_at OR NEW.ready_at IS NOT OLD.ready_at
              OR NEW.completed_at IS NOT OLD.completed_at OR NEW.cancelled_at IS NOT OLD.cancelled_at
              OR NEW.cancel_reason IS NOT OLD.cancel_reason OR NEW.promised_at IS NOT OLD.promised_at
              OR NEW.customer_name IS NOT 'erased' OR NEW.customer_email IS NOT '' OR NEW.customer_phone IS NOT NULL
              OR NEW.shipping_name IS NOT iif(OLD.shipping_name IS NULL, NULL, 'erased')
              OR NEW.address_line1 IS NOT iif(OLD.address_line1 IS NULL, NULL, 'erased')
              OR NEW.address_line2 IS NOT NULL
              OR NEW.city IS NOT iif(OLD.city IS NULL, NULL, 'erased')
              OR NEW.region IS NOT NULL
              OR NEW.postal_code IS NOT iif(OLD.postal_code IS NULL, NULL, 'erased')
              OR NEW.tracking_code IS NOT iif(OLD.tracking_code IS NULL, NULL, 'erased')
              OR NEW.tracking_url IS NOT NULL OR NEW.note IS NOT NULL OR NEW.cancel_note IS NOT NULL
              OR NEW.shelf IS NOT NULL OR NEW.pickup_code IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, 'an order is erased whole, once, and after it is finished'); END;

        CREATE TRIGGER orders_are_placed_with_data BEFORE INSERT ON orders
        WHEN NEW.erased_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an order is erased whole, once, and after it is finished'); END;
        """;

    private static readonly string Log = $"""
        DROP TRIGGER audit_log_is_frozen;
        CREATE TRIGGER audit_log_is_frozen BEFORE UPDATE ON audit_log
        WHEN NEW.id IS NOT OLD.id OR NEW.merchant_id IS NOT OLD.merchant_id OR NEW.store_id IS NOT OLD.store_id
          OR NEW.sequence IS NOT OLD.sequence OR NEW.user_id IS NOT OLD.user_id OR NEW.entity IS NOT OLD.entity
          OR NEW.entity_id IS NOT OLD.entity_id OR NEW.action IS NOT OLD.action OR NEW.version IS NOT OLD.version
          OR NEW.created_at IS NOT OLD.created_at
          OR NEW.meta IS NOT {Erased("OLD.meta")}
          OR NOT EXISTS (SELECT 1 FROM orders WHERE id = OLD.entity_id AND erased_at IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, 'an audit row never changes'); END;

        CREATE TRIGGER orders_are_erased_everywhere AFTER UPDATE ON orders
        WHEN NEW.erased_at IS NOT OLD.erased_at
        BEGIN
            UPDATE audit_log SET meta = {Erased("meta")} WHERE entity_id = NEW.id AND meta IS NOT {Erased("meta")};
            INSERT INTO order_search (order_search, rowid, customer_name) VALUES ('delete', OLD.id, OLD.customer_name);
            INSERT INTO order_search (rowid, customer_name) VALUES (NEW.id, NEW.customer_name);
            INSERT INTO erasing_leftovers (order_id) VALUES (NEW.id);
        END;
        """;
}
