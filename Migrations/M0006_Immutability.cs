using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// The checks that no slice can walk around: the lifecycle, and what never changes (section 11, "immutable post-creation"). Inserts are
/// guarded as well as updates and deletes, since <c>INSERT OR REPLACE</c> removes a row without asking a delete trigger.
/// </summary>
[Migration(6)]
public sealed class M0006_Immutability : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- SQLite asks the youngest trigger first: this one comes last.
        CREATE TRIGGER orders_fit_their_status BEFORE UPDATE ON orders
        WHEN EXISTS (SELECT 1
                       FROM lifecycle l
                      WHERE l.fulfilment_type = NEW.fulfilment_type AND l.status = NEW.status
                        AND (l.shipping_status IS NOT NEW.shipping_status OR (l.needs_tracking = 1 AND NEW.tracking_code IS NULL)))
        BEGIN SELECT RAISE(ABORT, 'shipping status and tracking have to fit the status'); END;

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

        CREATE TRIGGER orders_start_pending BEFORE INSERT ON orders
        WHEN NEW.version IS NOT 1
          OR NOT EXISTS (SELECT 1
                           FROM lifecycle l
                          WHERE l.fulfilment_type = NEW.fulfilment_type AND l.status = NEW.status
                            AND l.rank = 0 AND l.shipping_status IS NEW.shipping_status)
          OR EXISTS (SELECT 1 FROM orders WHERE id = NEW.id OR public_id = NEW.public_id)
        BEGIN SELECT RAISE(ABORT, 'an order starts at the first status, at version 1, once'); END;

        CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
        BEGIN SELECT RAISE(ABORT, 'an order is never deleted'); END;

        CREATE TRIGGER order_items_are_frozen BEFORE UPDATE ON order_items
        BEGIN SELECT RAISE(ABORT, 'an order''s items never change'); END;

        CREATE TRIGGER order_items_are_kept BEFORE DELETE ON order_items
        BEGIN SELECT RAISE(ABORT, 'an order''s items are never deleted'); END;

        -- The audit row of the checkout closes the list of items.
        CREATE TRIGGER order_items_only_at_checkout BEFORE INSERT ON order_items
        WHEN EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.order_id)
          OR EXISTS (SELECT 1 FROM order_items WHERE order_id = NEW.order_id AND position = NEW.position)
        BEGIN SELECT RAISE(ABORT, 'an order''s items never change'); END;

        CREATE TRIGGER audit_log_is_frozen BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'an audit row never changes'); END;

        CREATE TRIGGER audit_log_is_kept BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'an audit row is never deleted'); END;

        CREATE TRIGGER audit_log_has_no_gaps BEFORE INSERT ON audit_log
        WHEN NEW.sequence IS NOT 1 + (SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = NEW.store_id)
          OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
          OR EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.entity_id AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'sequence grows by one in a store, and a version has one audit row'); END;
        """);
}
