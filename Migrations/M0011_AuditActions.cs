using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// The kinds of audit rows become rows of a table: a new kind is one row there. SQLite cannot take a CHECK off a column, so the
/// log is copied once, with its indexes and triggers.
/// </summary>
[Migration(11)]
public sealed class M0011_AuditActions : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE audit_actions (
            action TEXT NOT NULL PRIMARY KEY
        ) STRICT, WITHOUT ROWID;
        INSERT INTO audit_actions (action)
        VALUES ('order_created'), ('status_changed'), ('status_overridden'), ('tracking_corrected'), ('promise_changed');

        DROP TRIGGER order_items_only_at_checkout; -- it names the log, which is not there for a moment

        CREATE TABLE audit_log_next (
            id          INTEGER PRIMARY KEY,
            merchant_id INTEGER NOT NULL REFERENCES merchants (id),
            store_id    INTEGER NOT NULL REFERENCES stores (id),
            sequence    INTEGER NOT NULL,
            user_id     INTEGER REFERENCES users (id), -- null: the customer, at checkout
            entity      TEXT    NOT NULL DEFAULT 'order' CHECK (entity = 'order'),
            entity_id   INTEGER NOT NULL REFERENCES orders (id),
            action      TEXT    NOT NULL REFERENCES audit_actions (action),
            version     INTEGER NOT NULL,
            meta        TEXT    NOT NULL CHECK (json_valid(meta)),
            created_at  INTEGER NOT NULL
        ) STRICT;
        INSERT INTO audit_log_next (id, merchant_id, store_id, sequence, user_id, entity, entity_id, action, version, meta, created_at)
        SELECT id, merchant_id, store_id, sequence, user_id, entity, entity_id, action, version, meta, created_at
          FROM audit_log
         ORDER BY id;
        DROP TABLE audit_log;
        ALTER TABLE audit_log_next RENAME TO audit_log;

        CREATE UNIQUE INDEX idx_audit_log_store_sequence ON audit_log (store_id, sequence);
        CREATE UNIQUE INDEX idx_audit_log_order_version ON audit_log (entity_id, version);

        CREATE TRIGGER audit_log_is_frozen BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'an audit row never changes'); END;

        CREATE TRIGGER audit_log_is_kept BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'an audit row is never deleted'); END;

        CREATE TRIGGER audit_log_has_no_gaps BEFORE INSERT ON audit_log
        WHEN NEW.sequence IS NOT 1 + (SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = NEW.store_id)
          OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
          OR EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.entity_id AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'sequence grows by one in a store, and a version has one audit row'); END;

        -- The audit row of the checkout closes the list of items.
        CREATE TRIGGER order_items_only_at_checkout BEFORE INSERT ON order_items
        WHEN EXISTS (SELECT 1 FROM audit_log WHERE entity_id = NEW.order_id)
          OR EXISTS (SELECT 1 FROM order_items WHERE order_id = NEW.order_id AND position = NEW.position)
        BEGIN SELECT RAISE(ABORT, 'an order''s items never change'); END;
        """);
}
