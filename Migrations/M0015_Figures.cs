using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The orders that a store got on some days, without reading those of all the others.</summary>
[Migration(15)]
public sealed class M0015_Figures : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("CREATE INDEX idx_orders_store_created ON orders (store_id, created_at);");
}
