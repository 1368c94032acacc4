using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// More kinds of destinations, deliveries that are not made of a row of the log alone, and when each was tried first. SQLite cannot
/// take a CHECK or a UNIQUE off a table, so both tables are copied once, with those that point to them.
/// </summary>
[Migration(19)]
public sealed class M0019_DeliveryKinds : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        DROP TRIGGER stores_join_destinations; -- it names tables that are not there for a moment

        -- events: names as in OrderCreated,ShippingUpdated. all_stores: those that are made later, too.
        -- ended_because: why it was switched off by itself. failing_since: since when nothing has arrived.
        -- warned_at: when the owner was told of that.
        CREATE TABLE destinations_next (
            id            INTEGER PRIMARY KEY,
            merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
            kind          TEXT    NOT NULL,
            events        TEXT    NOT NULL,
            all_stores    INTEGER NOT NULL CHECK (all_stores IN (0, 1)),
            active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
            ended_because TEXT,
            failing_since INTEGER,
            warned_at     INTEGER,
            version       INTEGER NOT NULL DEFAULT 1,
            created_at    INTEGER NOT NULL,
            removed_at    INTEGER
        ) STRICT;
        INSERT INTO destinations_next
               (id, merchant_id, kind, events, all_stores, active, ended_because, failing_since, version, created_at, removed_at)
        SELECT id, merchant_id, kind, events, all_stores, active, ended_because, failing_since, version, created_at, removed_at
          FROM destinations;

        -- The cursor: up to which sequence of the store's log its deliveries have been made.
        CREATE TABLE destination_stores_next (
            destination_id INTEGER NOT NULL REFERENCES destinations_next (id),
            store_id       INTEGER NOT NULL REFERENCES stores (id),
            cursor         INTEGER NOT NULL CHECK (cursor >= 0),
            PRIMARY KEY (destination_id, store_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO destination_stores_next (destination_id, store_id, cursor)
        SELECT destination_id, store_id, cursor FROM destination_stores;

        -- One event for one destination. about: sets apart two of one event. message_id stays the same over repeats.
        -- first_tried_at: null until it is tried. next_try_at: null once it has ended.
        CREATE TABLE deliveries_next (
            id             INTEGER PRIMARY KEY,
            destination_id INTEGER NOT NULL REFERENCES destinations_next (id),
            store_id       INTEGER NOT NULL REFERENCES stores (id),
            sequence       INTEGER NOT NULL,
            order_id       INTEGER NOT NULL REFERENCES orders (id),
            event          TEXT    NOT NULL,
            about          TEXT    NOT NULL DEFAULT '',
            message_id     TEXT    NOT NULL UNIQUE,
            status         TEXT    NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'failed')),
            attempts       INTEGER NOT NULL DEFAULT 0,
            created_at     INTEGER NOT NULL,
            first_tried_at INTEGER,
            next_try_at    INTEGER,
            ended_at       INTEGER,
            CHECK ((status = 'waiting') = (next_try_at IS NOT NULL)),
            UNIQUE (destination_id, store_id, sequence, event, about)
        ) STRICT;
        INSERT INTO deliveries_next
               (id, destination_id, store_id, sequence, order_id, event, message_id, status, attempts, created_at, first_tried_at,
                next_try_at, ended_at)
        SELECT d.id, d.destination_id, d.store_id, d.sequence, d.order_id, d.event, d.message_id, d.status, d.attempts, d.created_at,
               (SELECT MIN(t.began_at) FROM delivery_attempts t WHERE t.delivery_id = d.id AND t.began_at >= d.created_at),
               d.next_try_at, d.ended_at
          FROM deliveries d;

        -- answer: the status that the receiver gave, where there was one. fault: why it did not arrive.
        CREATE TABLE delivery_attempts_next (
            delivery_id  INTEGER NOT NULL REFERENCES deliveries_next (id),
            number       INTEGER NOT NULL,
            began_at     INTEGER NOT NULL,
            milliseconds INTEGER NOT NULL,
            answer       INTEGER,
            fault        TEXT,
            PRIMARY KEY (delivery_id, number)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO delivery_attempts_next (delivery_id, number, began_at, milliseconds, answer, fault)
        SELECT delivery_id, number, began_at, milliseconds, answer, fault FROM delivery_attempts;

        -- secret: what a receiver checks signatures with. The one before it signs as well until old_secret_until.
        CREATE TABLE webhooks_next (
            destination_id   INTEGER PRIMARY KEY REFERENCES destinations_next (id),
            url              TEXT NOT NULL,
            secret           BLOB NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
            old_secret       BLOB,
            old_secret_until INTEGER
        ) STRICT;
        INSERT INTO webhooks_next (destination_id, url, secret, old_secret, old_secret_until)
        SELECT destination_id, url, secret, old_secret, old_secret_until FROM webhooks;

        DROP TABLE webhooks;
        DROP TABLE delivery_attempts;
        DROP TABLE deliveries;
        DROP TABLE destination_stores;
        DROP TABLE destinations;
        ALTER TABLE destinations_next RENAME TO destinations;
        ALTER TABLE destination_stores_next RENAME TO destination_stores;
        ALTER TABLE deliveries_next RENAME TO deliveries;
        ALTER TABLE delivery_attempts_next RENAME TO delivery_attempts;
        ALTER TABLE webhooks_next RENAME TO webhooks;

        CREATE INDEX idx_destinations_merchant ON destinations (merchant_id);
        CREATE INDEX idx_deliveries_due ON deliveries (destination_id, next_try_at) WHERE status = 'waiting';
        CREATE INDEX idx_deliveries_waiting ON deliveries (destination_id, order_id, id) WHERE status = 'waiting';
        CREATE INDEX idx_deliveries_list ON deliveries (destination_id, id);
        CREATE INDEX idx_deliveries_order ON deliveries (order_id, id);
        CREATE INDEX idx_deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

        CREATE TRIGGER stores_join_destinations AFTER INSERT ON stores
        BEGIN
            INSERT INTO destination_stores (destination_id, store_id, cursor)
            SELECT id, NEW.id, 0 FROM destinations
             WHERE merchant_id = NEW.merchant_id AND all_stores = 1 AND removed_at IS NULL;
        END;
        """);
}
