using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>A store is busy, or takes no orders for a while; a product is sold out until a time. Who said so is kept.</summary>
[Migration(13)]
public sealed class M0013_Service : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        ALTER TABLE stores ADD COLUMN busy_minutes INTEGER NOT NULL DEFAULT 0 CHECK (busy_minutes >= 0);
        ALTER TABLE stores ADD COLUMN busy_until INTEGER CHECK (busy_until IS NOT NULL OR busy_minutes = 0);
        ALTER TABLE stores ADD COLUMN paused_until INTEGER;
        -- back_at: a product that is off sale comes back then; null where somebody has to say so.
        ALTER TABLE products ADD COLUMN back_at INTEGER;

        CREATE TABLE service_log (
            id         INTEGER PRIMARY KEY,
            store_id   INTEGER NOT NULL REFERENCES stores (id),
            user_id    INTEGER NOT NULL REFERENCES users (id),
            meta       TEXT    NOT NULL CHECK (json_valid(meta)),
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX idx_service_log_store ON service_log (store_id);

        CREATE TRIGGER service_log_is_frozen BEFORE UPDATE ON service_log
        BEGIN SELECT RAISE(ABORT, 'a row of the service log never changes'); END;

        CREATE TRIGGER service_log_is_kept BEFORE DELETE ON service_log
        BEGIN SELECT RAISE(ABORT, 'a row of the service log is never deleted'); END;

        CREATE TRIGGER service_log_is_new BEFORE INSERT ON service_log
        WHEN EXISTS (SELECT 1 FROM service_log WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'a row of the service log never changes'); END;
        """);
}
