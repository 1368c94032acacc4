using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Orders can be cancelled, and keep when work on them began.</summary>
[Migration(10)]
public sealed class M0010_Cancellation : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        ALTER TABLE orders ADD COLUMN started_at INTEGER;
        ALTER TABLE orders ADD COLUMN cancelled_at INTEGER;
        ALTER TABLE orders ADD COLUMN cancel_reason TEXT CHECK (cancel_reason IN (
            'customer_asked', 'out_of_stock', 'too_busy', 'closed', 'cannot_deliver', 'not_collected', 'duplicate',
            'suspected_fraud', 'other'));
        ALTER TABLE orders ADD COLUMN cancel_note TEXT;

        -- cancelled: an order here will not reach its customer, and keeps the shipping status that it had.
        ALTER TABLE lifecycle ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));
        INSERT INTO lifecycle (fulfilment_type, status, rank, terminal, needs_tracking, shipping_status, cancelled)
        VALUES ('pickup',   'cancelled', 5, 1, 0, NULL, 1),
               ('shipping', 'cancelled', 5, 1, 0, 'pending', 1);

        DROP INDEX idx_orders_status;
        CREATE INDEX idx_orders_status ON orders (status) WHERE completed_at IS NULL AND cancelled_at IS NULL;
        -- With idx_orders_store_completed: what a store finished today.
        CREATE INDEX idx_orders_store_cancelled ON orders (store_id, cancelled_at) WHERE cancelled_at IS NOT NULL;

        -- SQLite runs the newest trigger first. All four are made again, to keep their order.
        DROP TRIGGER orders_fit_their_status;
        DROP TRIGGER orders_snapshot_is_frozen;
        DROP TRIGGER orders_version_grows_by_one;
        DROP TRIGGER orders_terminal_is_terminal;

        -- When work began on the orders that are there: the audit log knows.
        UPDATE orders
           SET started_at = (SELECT a.created_at
                               FROM audit_log a
                              WHERE a.entity_id = orders.id
                                AND json_extract(a.meta, '$.new_status') IN ('in_progress', 'packing')
                                AND NOT EXISTS (SELECT 1
                                                  FROM audit_log b
                                                 WHERE b.entity_id = a.entity_id AND b.version > a.version
                                                   AND json_extract(b.meta, '$.new_status') IN ('pending', 'accepted'))
                              ORDER BY a.version DESC
                              LIMIT 1);

        CREATE TRIGGER orders_fit_their_status BEFORE UPDATE ON orders
        WHEN EXISTS (SELECT 1
                       FROM lifecycle l
                      WHERE l.fulfilment_type = NEW.fulfilment_type AND l.status = NEW.status
                        AND (CASE l.cancelled WHEN 1 THEN OLD.shipping_status ELSE l.shipping_status END IS NOT NEW.shipping_status
                             OR (l.needs_tracking = 1 AND NEW.tracking_code IS NULL)
                             OR (l.cancelled = 1) <> (NEW.cancelled_at IS NOT NULL)
                             OR (l.cancelled = 1) <> (NEW.cancel_reason IS NOT NULL)))
        BEGIN SELECT RAISE(ABORT, 'shipping status, tracking and cancellation have to fit the status'); END;

        CREATE TRIGGER orders_snapshot_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.id IS NOT OLD.id OR NEW.public_id IS NOT OLD.public_id
          OR NEW.merchant_id IS NOT OLD.merchant_id OR NEW.store_id IS NOT OLD.store_id
          OR NEW.fulfilment_type IS NOT OLD.fulfilment_type OR NEW.currency IS NOT OLD.currency
          OR NEW.subtotal IS NOT OLD.subtotal OR NEW.shipping_cost IS NOT OLD.shipping_cost OR NEW.total IS NOT OLD.total
          OR NEW.customer_name IS NOT OLD.customer_name OR NEW.customer_email IS NOT OLD.customer_email
          OR NEW.customer_phone IS NOT OLD.customer_phone OR NEW.shipping_method IS NOT OLD.shipping_method
          OR NEW.shipping_name IS NOT OLD.shipping_name OR NEW.address_line1 IS NOT OLD.address_line1
          OR NEW.address_line2 IS NOT OLD.address_line2 OR NEW.city IS NOT OLD.city OR NEW.region IS NOT OLD.region
          OR NEW.postal_code IS NOT OLD.postal_code OR NEW.country IS NOT OLD.country
          OR NEW.note IS NOT OLD.note OR NEW.created_at IS NOT OLD.created_at
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;

        CREATE TRIGGER orders_version_grows_by_one BEFORE UPDATE ON orders
        WHEN NEW.version IS NOT OLD.version + 1
        BEGIN SELECT RAISE(ABORT, 'version only grows by one'); END;

        CREATE TRIGGER orders_terminal_is_terminal BEFORE UPDATE ON orders
        WHEN (SELECT terminal FROM lifecycle WHERE fulfilment_type = OLD.fulfilment_type AND status = OLD.status) = 1
        BEGIN SELECT RAISE(ABORT, 'nothing leaves a terminal status'); END;
        """);
}
