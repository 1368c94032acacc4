using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// The statuses of each fulfilment type (sections 8 and 9), for the checks of the database. A new status is one more row here.
/// </summary>
[Migration(3)]
public sealed class M0003_Lifecycle : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE lifecycle (
            fulfilment_type TEXT    NOT NULL CHECK (fulfilment_type IN ('pickup', 'shipping')),
            status          TEXT    NOT NULL,
            rank            INTEGER NOT NULL CHECK (rank >= 0),
            terminal        INTEGER NOT NULL CHECK (terminal IN (0, 1)),
            needs_tracking  INTEGER NOT NULL CHECK (needs_tracking IN (0, 1)),
            shipping_status TEXT    CHECK (shipping_status IN ('pending', 'shipped', 'delivered')),
            PRIMARY KEY (fulfilment_type, status),
            CHECK ((fulfilment_type = 'pickup') = (shipping_status IS NULL))
        ) STRICT, WITHOUT ROWID;

        INSERT INTO lifecycle (fulfilment_type, status, rank, terminal, needs_tracking, shipping_status)
        VALUES ('pickup',   'pending',     0, 0, 0, NULL),
               ('pickup',   'accepted',    1, 0, 0, NULL),
               ('pickup',   'in_progress', 2, 0, 0, NULL),
               ('pickup',   'ready',       3, 0, 0, NULL),
               ('pickup',   'completed',   4, 1, 0, NULL),
               ('shipping', 'pending',     0, 0, 0, 'pending'),
               ('shipping', 'accepted',    1, 0, 0, 'pending'),
               ('shipping', 'packing',     2, 0, 0, 'pending'),
               ('shipping', 'shipped',     3, 0, 1, 'shipped'),
               ('shipping', 'delivered',   4, 1, 1, 'delivered');
        """);
}
