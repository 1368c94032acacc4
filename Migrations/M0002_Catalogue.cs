using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>What a store sells and how it sends it. Prices are integer minor units of the store's currency.</summary>
[Migration(2)]
public sealed class M0002_Catalogue : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE products (
            id         INTEGER PRIMARY KEY,
            store_id   INTEGER NOT NULL REFERENCES stores (id),
            sku        TEXT    NOT NULL,
            name       TEXT    NOT NULL,
            price      INTEGER NOT NULL CHECK (price >= 0),
            on_sale    INTEGER NOT NULL DEFAULT 1 CHECK (on_sale IN (0, 1)),
            created_at INTEGER NOT NULL,
            UNIQUE (store_id, sku)
        ) STRICT;

        CREATE TABLE shipping_methods (
            id                    INTEGER PRIMARY KEY,
            store_id              INTEGER NOT NULL REFERENCES stores (id),
            code                  TEXT    NOT NULL,
            name                  TEXT    NOT NULL,
            price                 INTEGER NOT NULL CHECK (price >= 0),
            tracking_url_template TEXT,
            active                INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
            created_at            INTEGER NOT NULL,
            UNIQUE (store_id, code)
        ) STRICT;
        """);
}
