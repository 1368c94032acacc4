using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The board's column of what was done today comes out of this index; only finished orders stand in it.</summary>
[Migration(9)]
public sealed class M0009_DoneToday : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql(
        "CREATE INDEX idx_orders_store_completed ON orders (store_id, completed_at) WHERE completed_at IS NOT NULL;");
}
