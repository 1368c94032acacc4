using FluentMigrator;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A made-up next release, as a program: it migrates the file that its argument names with one migration more than the product
/// has, and ends.
/// </summary>
internal static class NextRelease
{
    public static int Main(string[] args)
    {
        Migrator.MigrateUp(args[0], Migrator.Newest + 1, typeof(Migrator).Assembly, typeof(NextRelease).Assembly);
        return 0;
    }
}

/// <summary>What later migrations do: a table, a column with a value for the rows that are there, an index in another's place.</summary>
[Migration(Migrator.Newest + 1)]
public sealed class MadeUp : Migration
{
    public override void Up()
    {
        Execute.Sql("CREATE TABLE shelves (id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL REFERENCES stores, name TEXT NOT NULL)");
        Execute.Sql("ALTER TABLE orders ADD COLUMN shelf_id INTEGER REFERENCES shelves");
        Execute.Sql("ALTER TABLE merchants ADD COLUMN note TEXT NOT NULL DEFAULT ''");
        Execute.Sql("UPDATE merchants SET note = 'from before'");
        Execute.Sql("DROP INDEX idx_orders_status");
        Execute.Sql("CREATE INDEX idx_orders_status ON orders (status, shelf_id) WHERE completed_at IS NULL");
    }

    public override void Down() => throw new NotSupportedException();
}
