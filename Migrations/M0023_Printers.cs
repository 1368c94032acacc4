using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Receipt printers that fetch the tickets of a store's orders.</summary>
[Migration(23)]
public sealed class M0023_Printers : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- password_hash: SHA-256 of a random password. asked_at: when it last asked, to half a minute.
        -- trouble: what it last said of itself, as "It is out of paper."; null where all is well.
        CREATE TABLE printers (
            destination_id INTEGER PRIMARY KEY REFERENCES destinations (id),
            store_id       INTEGER NOT NULL REFERENCES stores (id),
            name           TEXT    NOT NULL,
            paper_mm       INTEGER NOT NULL CHECK (paper_mm IN (58, 80)),
            password_hash  BLOB    NOT NULL CHECK (length(password_hash) = 32),
            asked_at       INTEGER,
            trouble        TEXT
        ) STRICT;
        CREATE INDEX idx_printers_store ON printers (store_id);

        -- Tickets that a printer has fetched. is_fetched: since it was last offered. unconfirmed: how often nothing came after that.
        -- is_copy: some of it may have been printed before.
        CREATE TABLE print_jobs (
            delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
            is_fetched  INTEGER NOT NULL CHECK (is_fetched IN (0, 1)),
            unconfirmed INTEGER NOT NULL DEFAULT 0,
            is_copy     INTEGER NOT NULL DEFAULT 0 CHECK (is_copy IN (0, 1))
        ) STRICT;
        """);
}
