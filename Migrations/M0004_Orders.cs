using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Orders and their items: money in minor units, instants in UTC milliseconds (sections 9, 11 and 15).</summary>
[Migration(4)]
public sealed class M0004_Orders : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE orders (
            id              INTEGER PRIMARY KEY,
            public_id       TEXT    NOT NULL UNIQUE CHECK (length(public_id) = 26),
            merchant_id     INTEGER NOT NULL REFERENCES merchants (id),
            store_id        INTEGER NOT NULL REFERENCES stores (id),
            fulfilment_type TEXT    NOT NULL,
            status          TEXT    NOT NULL,
            shipping_status TEXT,
            version         INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
            currency        TEXT    NOT NULL,
            subtotal        INTEGER NOT NULL CHECK (subtotal >= 0),
            shipping_cost   INTEGER NOT NULL CHECK (shipping_cost >= 0),
            total           INTEGER NOT NULL CHECK (total = subtotal + shipping_cost),
            customer_name   TEXT    NOT NULL,
            customer_email  TEXT    NOT NULL,
            customer_phone  TEXT,
            shipping_method TEXT,
            shipping_name   TEXT,
            address_line1   TEXT,
            address_line2   TEXT,
            city            TEXT,
            region          TEXT,
            postal_code     TEXT,
            country         TEXT,
            note            TEXT,
            tracking_code   TEXT,
            tracking_url    TEXT,
            created_at      INTEGER NOT NULL,
            accepted_at     INTEGER,
            ready_at        INTEGER,
            completed_at    INTEGER,

            FOREIGN KEY (fulfilment_type, status) REFERENCES lifecycle (fulfilment_type, status),
            CHECK (fulfilment_type = 'shipping' OR (shipping_method IS NULL AND shipping_cost = 0)),
            CHECK (fulfilment_type = 'pickup' OR (shipping_method IS NOT NULL AND shipping_name IS NOT NULL
                   AND address_line1 IS NOT NULL AND city IS NOT NULL AND postal_code IS NOT NULL AND country IS NOT NULL))
        ) STRICT;

        -- Section 15: fast filtering of active orders. Only these stand in it, so that finished orders cost it nothing.
        CREATE INDEX idx_orders_status ON orders (status) WHERE completed_at IS NULL;
        -- Both end with the rowid: a page of a store's orders comes out of them newest first, without sorting.
        CREATE INDEX idx_orders_store_status ON orders (store_id, status);
        -- What a store finished today.
        CREATE INDEX idx_orders_store_completed ON orders (store_id, completed_at) WHERE completed_at IS NOT NULL;

        CREATE TABLE order_items (
            order_id   INTEGER NOT NULL REFERENCES orders (id),
            position   INTEGER NOT NULL,
            product_id INTEGER NOT NULL REFERENCES products (id),
            sku        TEXT    NOT NULL,
            name       TEXT    NOT NULL,
            unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
            quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 999),
            PRIMARY KEY (order_id, position)
        ) STRICT, WITHOUT ROWID;
        """);
}
