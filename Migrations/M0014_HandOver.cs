using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Who collects an order shows its code; who takes orders at the counter is told apart from the web shop.</summary>
[Migration(14)]
public sealed class M0014_HandOver : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        ALTER TABLE stores ADD COLUMN asks_for_code INTEGER NOT NULL DEFAULT 0 CHECK (asks_for_code IN (0, 1));
        -- What has been ready for longer than so many days was not collected.
        ALTER TABLE stores ADD COLUMN not_collected_days INTEGER NOT NULL DEFAULT 3 CHECK (not_collected_days BETWEEN 1 AND 365);
        ALTER TABLE stores ADD COLUMN address TEXT;
        ALTER TABLE stores ADD COLUMN phone TEXT;

        -- The shop itself brings what is sent this way: it needs no code of a carrier. An order keeps it as it was at checkout.
        ALTER TABLE shipping_methods ADD COLUMN own_courier INTEGER NOT NULL DEFAULT 0 CHECK (own_courier IN (0, 1));
        ALTER TABLE orders ADD COLUMN own_courier INTEGER NOT NULL DEFAULT 0 CHECK (own_courier IN (0, 1));

        -- Orders that are there have no code, and are handed over without one.
        ALTER TABLE orders ADD COLUMN pickup_code TEXT
            CHECK (pickup_code IS NULL OR (fulfilment_type = 'pickup' AND pickup_code GLOB '[0-9][0-9][0-9][0-9]'));
        -- An order that is taken at the counter may have the e-mail address ''.
        ALTER TABLE orders ADD COLUMN source TEXT NOT NULL DEFAULT 'web' CHECK (source IN ('web', 'counter'));

        CREATE TRIGGER orders_code_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.pickup_code IS NOT OLD.pickup_code OR NEW.source IS NOT OLD.source OR NEW.own_courier IS NOT OLD.own_courier
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;
        """);
}
