using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// The audit log (section 13), which is the outbox too: <c>sequence</c> counts each store's rows in commit order.
/// </summary>
[Migration(5)]
public sealed class M0005_AuditLog : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE audit_log (
            id          INTEGER PRIMARY KEY,
            merchant_id INTEGER NOT NULL REFERENCES merchants (id),
            store_id    INTEGER NOT NULL REFERENCES stores (id),
            sequence    INTEGER NOT NULL,
            user_id     INTEGER REFERENCES users (id), -- null: the customer, at checkout
            entity      TEXT    NOT NULL DEFAULT 'order' CHECK (entity = 'order'),
            entity_id   INTEGER NOT NULL REFERENCES orders (id),
            action      TEXT    NOT NULL CHECK (action IN ('order_created', 'status_changed', 'status_overridden', 'tracking_corrected')),
            version     INTEGER NOT NULL,
            meta        TEXT    NOT NULL CHECK (json_valid(meta)),
            created_at  INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX idx_audit_log_store_sequence ON audit_log (store_id, sequence);
        CREATE UNIQUE INDEX idx_audit_log_order_version ON audit_log (entity_id, version);
        """);
}
