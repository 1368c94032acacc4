using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>When a store is open and when it hands over; when each order is due, was wished for, and on which shelf it lies.</summary>
[Migration(12)]
public sealed class M0012_Promises : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- time_zone: an IANA name; without one, the server's. opening_hours: JSON, spans by weekday or date; without any, always open.
        ALTER TABLE stores ADD COLUMN time_zone TEXT;
        ALTER TABLE stores ADD COLUMN opening_hours TEXT;
        ALTER TABLE stores ADD COLUMN preparation_minutes INTEGER NOT NULL DEFAULT 20 CHECK (preparation_minutes BETWEEN 0 AND 10080);
        -- Placed before this many minutes after midnight on one of these days, a parcel leaves the same day.
        ALTER TABLE stores ADD COLUMN dispatch_cutoff INTEGER NOT NULL DEFAULT 840 CHECK (dispatch_cutoff BETWEEN 0 AND 1440);
        ALTER TABLE stores ADD COLUMN dispatch_days TEXT NOT NULL DEFAULT 'mon,tue,wed,thu,fri' CHECK (dispatch_days <> '');

        ALTER TABLE orders ADD COLUMN pickup_at INTEGER;
        ALTER TABLE orders ADD COLUMN promised_at INTEGER;
        ALTER TABLE orders ADD COLUMN shelf TEXT;

        CREATE TRIGGER orders_wish_is_frozen BEFORE UPDATE ON orders
        WHEN NEW.pickup_at IS NOT OLD.pickup_at
        BEGIN SELECT RAISE(ABORT, 'an order''s snapshot never changes'); END;
        """);
}
