using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Postgres;

/// <summary><c>verify</c> names what a superuser has broken or switched off in a PostgreSQL database.</summary>
public sealed class VerifyOnPostgresTests
{
    [SkippableFact]
    public void Its_lists_of_triggers_and_indexes_are_what_the_migrations_make()
    {
        using var db = TestPostgres.Open(TestPostgres.Shared.MakeMigrated(demo: false));
        var triggers = db.Query<(string Name, bool Works)>(PostgresSoundness.TriggersSql);
        Assert.Equal(
            PostgresSoundness.Triggers.Order(StringComparer.Ordinal),
            triggers.Select(row => row.Name).Order(StringComparer.Ordinal));
        var indexes = db.Query<(string Name, bool Works)>(PostgresSoundness.IndexesSql).Select(row => row.Name);
        Assert.Equal(
            PostgresSoundness.Indexes.Order(StringComparer.Ordinal),
            indexes.Where(name => name.StartsWith("idx_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(triggers, row => Assert.True(row.Works));
    }

    [SkippableTheory]
    [InlineData("", "")]
    [InlineData("DROP INDEX idx_orders_status", "The index idx_orders_status is missing.")]
    [InlineData("DROP TRIGGER orders_are_kept ON orders", "The trigger orders.orders_are_kept is missing.")]
    [InlineData("ALTER TABLE orders DISABLE TRIGGER orders_are_kept", "The trigger orders.orders_are_kept is switched off.")]
    [InlineData(
        "CREATE TRIGGER mine BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION refuse('x')",
        "The trigger orders.mine is not of the migrations.")]
    [InlineData("ALTER TABLE order_items DISABLE TRIGGER ALL", "Foreign keys of order_items are switched off.")]
    [InlineData("UPDATE store_counters SET sequence = 7 WHERE store_id = 2", "Store 2: its counter is at 7, its log ends with 0.")]
    [InlineData("DELETE FROM store_counters WHERE store_id = 2", "Store 2: its counter is at nothing, its log ends with 0.")]
    [InlineData(
        "ALTER TABLE orders ADD CONSTRAINT small CHECK (total < 1000) NOT VALID", "The constraint small of orders is not validated.")]
    [InlineData(
        "SET session_replication_role = replica; DELETE FROM stores WHERE id = 3",
        "A row of products belongs to a row of stores that does not exist.")]
    [InlineData("UPDATE lifecycle SET terminal = 0 WHERE status = 'completed'", "The lifecycle's row for completed of pickup")]
    public async Task A_difference_is_named(string sql, string difference)
    {
        using var folder = new TestFolder();
        var setting = TestPostgres.Shared.MakeMigrated(demo: true);
        if (sql.Length > 0)
            TestPostgres.Run(setting, sql);

        var (exit, said, error) = await StoreFlowProcess.Run(
            folder.Path, start => start.Environment["StoreFlow__Database"] = setting, "verify");

        Assert.Equal((sql.Length == 0 ? 0 : 1, ""), (exit, error));
        Assert.Contains(difference, said, StringComparison.Ordinal);
        Assert.Contains(sql.Length == 0 ? " is sound: " : " is not sound: ", said, StringComparison.Ordinal);
    }
}
