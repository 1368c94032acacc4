using FluentMigrator;

namespace StoreFlow.Migrations.Postgres;

/// <summary>
/// The audit log, which is the outbox too: <c>sequence</c> counts each store's rows in commit order. The counter of a store is a row
/// that stays locked until its writer commits, so no two writers of a store get a number at once, and one that rolls back leaves no gap.
/// </summary>
[Migration(5)]
public sealed class M0005_AuditLog : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE audit_actions (
            action TEXT COLLATE "C" NOT NULL PRIMARY KEY
        );
        INSERT INTO audit_actions (action)
        VALUES ('order_created'), ('status_changed'), ('status_overridden'), ('tracking_corrected'), ('promise_changed');

        -- id: given by the trigger, after the store's counter is locked, so that it grows with the sequence.
        -- user_id: null is the customer, at checkout.
        CREATE TABLE audit_log (
            id          BIGINT PRIMARY KEY,
            merchant_id BIGINT NOT NULL REFERENCES merchants (id),
            store_id    BIGINT NOT NULL REFERENCES stores (id),
            sequence    BIGINT NOT NULL,
            user_id     BIGINT REFERENCES users (id),
            entity      TEXT   COLLATE "C" NOT NULL DEFAULT 'order' CHECK (entity = 'order'),
            entity_id   BIGINT NOT NULL REFERENCES orders (id),
            action      TEXT   COLLATE "C" NOT NULL REFERENCES audit_actions (action),
            version     BIGINT NOT NULL,
            meta        TEXT   COLLATE "C" NOT NULL CHECK (json_valid(meta)),
            created_at  BIGINT NOT NULL
        );
        CREATE SEQUENCE audit_log_id_seq OWNED BY audit_log.id;
        CREATE UNIQUE INDEX idx_audit_log_store_sequence ON audit_log (store_id, sequence);
        CREATE UNIQUE INDEX idx_audit_log_order_version ON audit_log (entity_id, version);

        -- Pages are left mostly empty: each step writes a new version of its row, which finds room beside the old one.
        CREATE TABLE store_counters (
            store_id BIGINT PRIMARY KEY REFERENCES stores (id),
            sequence BIGINT NOT NULL CHECK (sequence >= 0)
        ) WITH (fillfactor = 10);

        CREATE FUNCTION stores_have_counters() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO store_counters (store_id, sequence) VALUES (NEW.id, 0);
            RETURN NULL;
        END $$;
        CREATE TRIGGER stores_have_counters AFTER INSERT ON stores FOR EACH ROW EXECUTE FUNCTION stores_have_counters();

        -- Its caller writes the audit row with that number in the same transaction.
        CREATE FUNCTION next_sequence(store bigint) RETURNS bigint
        LANGUAGE sql VOLATILE AS $$
            UPDATE store_counters SET sequence = sequence + 1 WHERE store_id = store RETURNING sequence
        $$;
        """);
}
