using FluentMigrator;

namespace StoreFlow.Migrations.Postgres;

/// <summary>
/// The checks that no slice can walk around: the lifecycle, what never changes, and the one door through it, which erases personal
/// data. They refuse what SQLite's triggers refuse, in the same words; where several could, the first IF here is SQLite's newest trigger.
/// </summary>
[Migration(6)]
public sealed class M0006_Immutability : ForwardOnlyMigration
{
    public override void Up()
    {
        Execute.Sql(NewOrders);
        Execute.Sql(ChangedOrders);
        Execute.Sql(Items);
        Execute.Sql(Log);
        Execute.Sql(Erasing);
    }

    private const string NewOrders = """
        CREATE FUNCTION orders_start_pending() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.erased_at IS NOT NULL THEN
                RAISE EXCEPTION 'an order is erased whole, once, and after it is finished' USING ERRCODE = '23000';
            END IF;
            IF NEW.version IS DISTINCT FROM 1
               OR NOT EXISTS (SELECT 1
                                FROM lifecycle l
                               WHERE l.fulfilment_type = NEW.fulfilment_type AND l.status = NEW.status
                                 AND l.rank = 0 AND l.shipping_status IS NOT DISTINCT FROM NEW.shipping_status)
               OR EXISTS (SELECT 1 FROM orders WHERE id = NEW.id)
               OR EXISTS (SELECT 1 FROM orders WHERE public_id = NEW.public_id) THEN
                RAISE EXCEPTION 'an order starts at the first status, at version 1, once' USING ERRCODE = '23000';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER orders_start_pending BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION orders_start_pending();

        CREATE TRIGGER orders_are_kept BEFORE DELETE ON orders
        FOR EACH ROW EXECUTE FUNCTION refuse('an order is never deleted');
        CREATE TRIGGER orders_are_kept_whole BEFORE TRUNCATE ON orders
        FOR EACH STATEMENT EXECUTE FUNCTION refuse('an order is never deleted');
        """;

    // A column that a later migration adds to orders belongs into this function: as what stays, or with its mark.
    private const string ChangedOrders = """
        CREATE FUNCTION orders_change_by_the_rules() RETURNS trigger
        LANGUAGE plpgsql AS $$
        DECLARE
            erases CONSTANT boolean := OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL;
            was_terminal CONSTANT boolean := EXISTS (
                SELECT 1 FROM lifecycle WHERE fulfilment_type = OLD.fulfilment_type AND status = OLD.status AND terminal = 1);
        BEGIN
            IF NEW.erased_at IS DISTINCT FROM OLD.erased_at
               AND (OLD.erased_at IS NOT NULL OR NOT was_terminal
                    OR NEW.status IS DISTINCT FROM OLD.status OR NEW.shipping_status IS DISTINCT FROM OLD.shipping_status
                    OR NEW.version IS DISTINCT FROM OLD.version
                    OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at OR NEW.started_at IS DISTINCT FROM OLD.started_at
                    OR NEW.ready_at IS DISTINCT FROM OLD.ready_at OR NEW.completed_at IS DISTINCT FROM OLD.completed_at
                    OR NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at OR NEW.cancel_reason IS DISTINCT FROM OLD.cancel_reason
                    OR NEW.promised_at IS DISTINCT FROM OLD.promised_at
                    OR NEW.customer_name IS DISTINCT FROM 'erased' OR NEW.customer_email IS DISTINCT FROM ''
                    OR NEW.customer_phone IS NOT NULL
                    OR NEW.shipping_name IS DISTINCT FROM CASE WHEN OLD.shipping_name IS NOT NULL THEN 'erased' END
                    OR NEW.address_line1 IS DISTINCT FROM CASE WHEN OLD.address_line1 IS NOT NULL THEN 'erased' END
                    OR NEW.address_line2 IS NOT NULL
                    OR NEW.city IS DISTINCT FROM CASE WHEN OLD.city IS NOT NULL THEN 'erased' END
                    OR NEW.region IS NOT NULL
                    OR NEW.postal_code IS DISTINCT FROM CASE WHEN OLD.postal_code IS NOT NULL THEN 'erased' END
                    OR NEW.tracking_code IS DISTINCT FROM CASE WHEN OLD.tracking_code IS NOT NULL THEN 'erased' END
                    OR NEW.tracking_url IS NOT NULL OR NEW.note IS NOT NULL OR NEW.cancel_note IS NOT NULL
                    OR NEW.shelf IS NOT NULL OR NEW.pickup_code IS NOT NULL) THEN
                RAISE EXCEPTION 'an order is erased whole, once, and after it is finished' USING ERRCODE = '23000';
            END IF;

            IF (NEW.pickup_code IS DISTINCT FROM OLD.pickup_code AND NOT erases)
               OR NEW.source IS DISTINCT FROM OLD.source OR NEW.own_courier IS DISTINCT FROM OLD.own_courier
               OR NEW.pickup_at IS DISTINCT FROM OLD.pickup_at THEN
                RAISE EXCEPTION 'an order''s snapshot never changes' USING ERRCODE = '23000';
            END IF;

            IF was_terminal AND NOT erases THEN
                RAISE EXCEPTION 'nothing leaves a terminal status' USING ERRCODE = '23000';
            END IF;

            IF NEW.version IS DISTINCT FROM OLD.version + 1 AND NOT erases THEN
                RAISE EXCEPTION 'version only grows by one' USING ERRCODE = '23000';
            END IF;

            IF NEW.id IS DISTINCT FROM OLD.id OR NEW.public_id IS DISTINCT FROM OLD.public_id
               OR NEW.merchant_id IS DISTINCT FROM OLD.merchant_id OR NEW.store_id IS DISTINCT FROM OLD.store_id
               OR NEW.fulfilment_type IS DISTINCT FROM OLD.fulfilment_type OR NEW.currency IS DISTINCT FROM OLD.currency
               OR NEW.subtotal IS DISTINCT FROM OLD.subtotal OR NEW.shipping_cost IS DISTINCT FROM OLD.shipping_cost
               OR NEW.total IS DISTINCT FROM OLD.total OR NEW.shipping_method IS DISTINCT FROM OLD.shipping_method
               OR NEW.country IS DISTINCT FROM OLD.country OR NEW.created_at IS DISTINCT FROM OLD.created_at
               OR NEW.language IS DISTINCT FROM OLD.language
               OR (NOT erases
                   AND (NEW.customer_name IS DISTINCT FROM OLD.customer_name OR NEW.customer_email IS DISTINCT FROM OLD.customer_email
                        OR NEW.customer_phone IS DISTINCT FROM OLD.customer_phone
                        OR NEW.shipping_name IS DISTINCT FROM OLD.shipping_name OR NEW.address_line1 IS DISTINCT FROM OLD.address_line1
                        OR NEW.address_line2 IS DISTINCT FROM OLD.address_line2 OR NEW.city IS DISTINCT FROM OLD.city
                        OR NEW.region IS DISTINCT FROM OLD.region OR NEW.postal_code IS DISTINCT FROM OLD.postal_code
                        OR NEW.note IS DISTINCT FROM OLD.note)) THEN
                RAISE EXCEPTION 'an order''s snapshot never changes' USING ERRCODE = '23000';
            END IF;

            IF EXISTS (SELECT 1
                         FROM lifecycle l
                        WHERE l.fulfilment_type = NEW.fulfilment_type AND l.status = NEW.status
                          AND (CASE l.cancelled WHEN 1 THEN OLD.shipping_status ELSE l.shipping_status END
                                   IS DISTINCT FROM NEW.shipping_status
                               OR (l.needs_tracking = 1 AND NEW.tracking_code IS NULL)
                               OR (l.cancelled = 1) <> (NEW.cancelled_at IS NOT NULL)
                               OR (l.cancelled = 1) <> (NEW.cancel_reason IS NOT NULL))) THEN
                RAISE EXCEPTION 'shipping status, tracking and cancellation have to fit the status' USING ERRCODE = '23000';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER orders_change_by_the_rules BEFORE UPDATE ON orders
        FOR EACH ROW EXECUTE FUNCTION orders_change_by_the_rules();
        """;

    private const string Items = """
        -- The audit row of the checkout closes the list of items.
        CREATE FUNCTION order_items_only_at_checkout() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.order_id)
               OR EXISTS (SELECT 1 FROM order_items WHERE order_id = NEW.order_id AND position = NEW.position) THEN
                RAISE EXCEPTION 'an order''s items never change' USING ERRCODE = '23000';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER order_items_only_at_checkout BEFORE INSERT ON order_items
        FOR EACH ROW EXECUTE FUNCTION order_items_only_at_checkout();

        CREATE TRIGGER order_items_are_frozen BEFORE UPDATE ON order_items
        FOR EACH ROW EXECUTE FUNCTION refuse('an order''s items never change');
        CREATE TRIGGER order_items_are_kept BEFORE DELETE ON order_items
        FOR EACH ROW EXECUTE FUNCTION refuse('an order''s items are never deleted');
        CREATE TRIGGER order_items_are_kept_whole BEFORE TRUNCATE ON order_items
        FOR EACH STATEMENT EXECUTE FUNCTION refuse('an order''s items are never deleted');
        """;

    private const string Log = """
        -- The writer holds the lock on the store's counter, so all rows before this one are there to be seen.
        CREATE FUNCTION audit_log_has_no_gaps() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.sequence IS DISTINCT FROM (SELECT sequence FROM store_counters WHERE store_id = NEW.store_id)
               OR NEW.sequence IS DISTINCT FROM 1 + (SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = NEW.store_id)
               OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
               OR EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.entity_id AND version = NEW.version) THEN
                RAISE EXCEPTION 'sequence grows by one in a store, and a version has one audit row' USING ERRCODE = '23000';
            END IF;
            NEW.id := COALESCE(NEW.id, nextval('audit_log_id_seq'));
            RETURN NEW;
        END $$;
        CREATE TRIGGER audit_log_has_no_gaps BEFORE INSERT ON audit_log
        FOR EACH ROW EXECUTE FUNCTION audit_log_has_no_gaps();

        CREATE TRIGGER audit_log_is_kept BEFORE DELETE ON audit_log
        FOR EACH ROW EXECUTE FUNCTION refuse('an audit row is never deleted');
        CREATE TRIGGER audit_log_is_kept_whole BEFORE TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse('an audit row is never deleted');
        """;

    private const string Erasing = """
        -- What becomes of an audit row's meta. Texts that the log needs to be understood keep a mark, others go.
        CREATE FUNCTION erased_meta(meta text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN json_remove(
            json_replace(meta, '$.reason', 'erased', '$.tracking_code', 'erased', '$.old_tracking_code', 'erased'),
            '$.tracking_url', '$.old_tracking_url', '$.cancel_note', '$.shelf');

        CREATE FUNCTION audit_log_is_frozen() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.id IS DISTINCT FROM OLD.id OR NEW.merchant_id IS DISTINCT FROM OLD.merchant_id
               OR NEW.store_id IS DISTINCT FROM OLD.store_id OR NEW.sequence IS DISTINCT FROM OLD.sequence
               OR NEW.user_id IS DISTINCT FROM OLD.user_id OR NEW.entity IS DISTINCT FROM OLD.entity
               OR NEW.entity_id IS DISTINCT FROM OLD.entity_id OR NEW.action IS DISTINCT FROM OLD.action
               OR NEW.version IS DISTINCT FROM OLD.version OR NEW.created_at IS DISTINCT FROM OLD.created_at
               OR NEW.meta IS DISTINCT FROM erased_meta(OLD.meta)
               OR NOT EXISTS (SELECT 1 FROM orders WHERE id = OLD.entity_id AND erased_at IS NOT NULL) THEN
                RAISE EXCEPTION 'an audit row never changes' USING ERRCODE = '23000';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER audit_log_is_frozen BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_is_frozen();

        -- The search needs nothing here: its index is one of the orders' own column.
        CREATE FUNCTION orders_are_erased_everywhere() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE audit_log SET meta = erased_meta(meta) WHERE entity_id = NEW.id AND meta IS DISTINCT FROM erased_meta(meta);
            RETURN NULL;
        END $$;
        CREATE TRIGGER orders_are_erased_everywhere AFTER UPDATE ON orders
        FOR EACH ROW WHEN (NEW.erased_at IS DISTINCT FROM OLD.erased_at)
        EXECUTE FUNCTION orders_are_erased_everywhere();

        -- SQLite needs it to clean its file of what was erased. Here it stays empty: VACUUM takes away what old rows held.
        CREATE TABLE erasing_leftovers (
            order_id BIGINT PRIMARY KEY REFERENCES orders (id),
            stage    BIGINT NOT NULL DEFAULT 0 CHECK (stage BETWEEN 0 AND 2)
        );
        """;
}
