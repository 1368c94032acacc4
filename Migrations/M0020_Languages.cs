using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The languages that a store speaks with its customers, and the one in which an order was placed.</summary>
[Migration(20)]
public sealed class M0020_Languages : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- Codes as in de,en; the first is the store's own.
        ALTER TABLE stores ADD COLUMN languages TEXT NOT NULL DEFAULT 'en' CHECK (languages <> '');

        ALTER TABLE orders ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language <> '');

        CREATE TRIGGER orders_language_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.language IS NOT OLD.language
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;
        """);
}
