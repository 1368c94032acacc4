using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Tablets that a store's staff share: a device stays signed in, and people take it over with their PIN.</summary>
[Migration(17)]
public sealed class M0017_Tablets : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE devices (
            id          INTEGER PRIMARY KEY,
            store_id    INTEGER NOT NULL REFERENCES stores (id),
            name        TEXT    NOT NULL,
            secret_hash BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
            created_at  INTEGER NOT NULL,
            revoked_at  INTEGER
        ) STRICT;
        CREATE INDEX idx_devices_store ON devices (store_id);

        -- A session that was opened by a PIN belongs to its device and ends at locks_at unless somebody touches the screen.
        -- Its password_stamp is the PIN's.
        ALTER TABLE sessions ADD COLUMN device_id INTEGER REFERENCES devices (id);
        ALTER TABLE sessions ADD COLUMN locks_at INTEGER;
        """);
}
