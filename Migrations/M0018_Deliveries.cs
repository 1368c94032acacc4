using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Who is told of orders beside the open pages: each destination reads the audit log with a cursor of its own.</summary>
[Migration(18)]
public sealed class M0018_Deliveries : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- events: names as in OrderCreated,ShippingUpdated. all_stores: those that are made later, too.
        -- ended_because: why it was switched off by itself. failing_since: since when nothing has arrived.
        CREATE TABLE destinations (
            id            INTEGER PRIMARY KEY,
            merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
            kind          TEXT    NOT NULL CHECK (kind IN ('webhook')),
            events        TEXT    NOT NULL,
            all_stores    INTEGER NOT NULL CHECK (all_stores IN (0, 1)),
            active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
            ended_because TEXT,
            failing_since INTEGER,
            version       INTEGER NOT NULL DEFAULT 1,
            created_at    INTEGER NOT NULL,
            removed_at    INTEGER
        ) STRICT;
        CREATE INDEX idx_destinations_merchant ON destinations (merchant_id);

        -- The cursor: up to which sequence of the store's log its deliveries have been made.
        CREATE TABLE destination_stores (
            destination_id INTEGER NOT NULL REFERENCES destinations (id),
            store_id       INTEGER NOT NULL REFERENCES stores (id),
            cursor         INTEGER NOT NULL CHECK (cursor >= 0),
            PRIMARY KEY (destination_id, store_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER stores_join_destinations AFTER INSERT ON stores
        BEGIN
            INSERT INTO destination_stores (destination_id, store_id, cursor)
            SELECT id, NEW.id, 0 FROM destinations
             WHERE merchant_id = NEW.merchant_id AND all_stores = 1 AND removed_at IS NULL;
        END;

        -- One event for one destination. message_id stays the same over repeats. next_try_at: null once it has ended.
        CREATE TABLE deliveries (
            id             INTEGER PRIMARY KEY,
            destination_id INTEGER NOT NULL REFERENCES destinations (id),
            store_id       INTEGER NOT NULL REFERENCES stores (id),
            sequence       INTEGER NOT NULL,
            order_id       INTEGER NOT NULL REFERENCES orders (id),
            event          TEXT    NOT NULL,
            message_id     TEXT    NOT NULL UNIQUE,
            status         TEXT    NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'failed')),
            attempts       INTEGER NOT NULL DEFAULT 0,
            created_at     INTEGER NOT NULL,
            next_try_at    INTEGER,
            ended_at       INTEGER,
            CHECK ((status = 'waiting') = (next_try_at IS NOT NULL)),
            UNIQUE (destination_id, store_id, sequence, event)
        ) STRICT;
        CREATE INDEX idx_deliveries_due ON deliveries (destination_id, next_try_at) WHERE status = 'waiting';
        CREATE INDEX idx_deliveries_waiting ON deliveries (destination_id, order_id, id) WHERE status = 'waiting';

        -- answer: the HTTP status, where there was one. fault: why it did not arrive.
        CREATE TABLE delivery_attempts (
            delivery_id  INTEGER NOT NULL REFERENCES deliveries (id),
            number       INTEGER NOT NULL,
            began_at     INTEGER NOT NULL,
            milliseconds INTEGER NOT NULL,
            answer       INTEGER,
            fault        TEXT,
            PRIMARY KEY (delivery_id, number)
        ) STRICT, WITHOUT ROWID;

        -- secret: what a receiver checks signatures with. The one before it signs as well until old_secret_until.
        CREATE TABLE webhooks (
            destination_id   INTEGER PRIMARY KEY REFERENCES destinations (id),
            url              TEXT NOT NULL,
            secret           BLOB NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
            old_secret       BLOB,
            old_secret_until INTEGER
        ) STRICT;
        """);
}
