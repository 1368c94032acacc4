using System.Reflection;
using Dapper;
using FluentMigrator;
using Microsoft.Data.Sqlite;
using StoreFlow.Features;
using StoreFlow.Features.ListOrders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>The file that the migrations make, as one reviewed snapshot, and what every connection to it is like.</summary>
public sealed class MigrationTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public void From_an_empty_file_twice_the_second_run_changes_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("storeflow-");
        try
        {
            var file = Path.Combine(folder.FullName, "storeflow.db");
            Migrator.MigrateUp(file);
            var (schema, applied) = (Schema(file), Applied(file));

            Migrator.MigrateUp(file);

            Assert.Equal(schema, Schema(file));
            Assert.Equal(applied, Applied(file));
            Snapshots.Match(schema, "Schema");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A key was kept without its store once, and with it for a while under the same number of the schema.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_key_from_before_the_update_is_still_known_in_its_store(bool withStore)
    {
        using var folder = new TestFolder();
        Migrator.MigrateUp(folder.Database, 9);
        using (var db = Database.Open(folder.Database))
        {
            db.Execute(OneOrder);
            if (withStore)
                db.Execute("""
                    DROP TABLE idempotency_keys;
                    CREATE TABLE idempotency_keys (store_id INTEGER NOT NULL, key TEXT NOT NULL, request_hash BLOB NOT NULL, answer TEXT NOT NULL, created_at INTEGER NOT NULL,
                        PRIMARY KEY (store_id, key)) STRICT, WITHOUT ROWID;
                    CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
                    """);
            db.Execute($"""
                INSERT INTO idempotency_keys ({(withStore ? "store_id, " : "")}key, request_hash, answer, created_at)
                VALUES ({(withStore ? "7, " : "")}'k', zeroblob(32), json_object('public_id', 'Y07RRH0B9V1JD0AGSGR59ZW7P4'), 5)
                """);
        }

        Migrator.MigrateUp(folder.Database);

        using var after = Database.Open(folder.Database, readOnly: true);
        Assert.Equal((7, 0, "k", 5), after.QuerySingle<(long, long, string, long)>("SELECT store_id, user_id, key, created_at FROM idempotency_keys"));
    }

    [Fact]
    public void An_order_from_before_the_update_is_still_found_by_its_name()
    {
        using var folder = new TestFolder();
        Migrator.MigrateUp(folder.Database, 10);
        using (var db = Database.Open(folder.Database))
            db.Execute(OneOrder);

        Migrator.MigrateUp(folder.Database);

        using var after = Database.Open(folder.Database, readOnly: true);
        foreach (var (store, q, found) in new[] { (7, "mia", true), (7, "Zoe", true), (7, "a zo", true), (7, "mio", false), (77, "mia", false) })
        {
            var search = new OrderQuery { StoreId = store, UserId = 1, Statuses = OrderStatuses.Active, Search = q };
            Assert.Equal(found, search.Run(after).Count == 1);
        }
    }

    private const string OneOrder = """
        INSERT INTO merchants VALUES (1, 'm', 'M', 0);
        INSERT INTO stores VALUES (7, 1, 's', 'S', 'EUR', 0);
        INSERT INTO users (id, merchant_id, name, email, role, created_at) VALUES (1, 1, 'Olga', 'o@example.com', 'owner', 0);
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, currency, subtotal, shipping_cost, total, customer_name, customer_email, created_at)
        VALUES ('Y07RRH0B9V1JD0AGSGR59ZW7P4', 1, 7, 'pickup', 'pending', 'EUR', 1, 0, 1, 'Mia Zoë', 'mia@example.com', 0);
        """;

    [Fact]
    public void The_newest_is_the_last_that_there_is() =>
        Assert.Equal(Migrator.Newest, typeof(Migrator).Assembly.GetTypes().Max(type => type.GetCustomAttribute<MigrationAttribute>()?.Version ?? 0));

    [Fact]
    public void The_servers_file_has_that_schema_and_the_required_indexes()
    {
        using var db = app.OpenDatabase();
        var indexes = db.Query<(string, string)>("""
            SELECT i.name, (SELECT group_concat(c.name) FROM pragma_index_info(i.name) c) FROM pragma_index_list('orders') i WHERE i.origin = 'c'
            """);
        Assert.Contains(("idx_orders_status", "status"), indexes);
        Assert.Contains(("idx_orders_store_status", "store_id,status"), indexes);
        Assert.Empty(db.Query("PRAGMA foreign_key_check"));
        Assert.Equal("ok", db.ExecuteScalar<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task The_folder_and_the_file_are_made_on_the_first_start()
    {
        await using var fresh = new FreshFolderApp();
        Assert.False(Directory.Exists(fresh.DataDirectory));
        Assert.Equal(200, (await fresh.As(null).Get("/readyz")).Status);
        Assert.True(File.Exists(Path.Combine(fresh.DataDirectory, "storeflow.db")));
    }

    [Fact]
    public async Task A_file_from_before_keeps_its_larger_pages_and_goes_on()
    {
        using (var db = app.OpenDatabase())
            Assert.Equal(2048, db.ExecuteScalar<long>("PRAGMA page_size"));

        await using var old = new LargePagesApp();
        await old.OrderIn("accepted", "pickup");
        using var after = old.OpenDatabase();
        Assert.Equal(4096, after.ExecuteScalar<long>("PRAGMA page_size"));
        Assert.Equal("accepted", after.ExecuteScalar<string>("SELECT status FROM orders"));
    }

    private sealed class LargePagesApp : StoreFlowApp
    {
        public LargePagesApp()
        {
            var file = Path.Combine(Folder, "storeflow.db");
            Migrator.MigrateUp(file);
            using var db = new SqliteConnection($"Data Source={file};Pooling=False");
            db.Open();
            db.Execute("PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM; PRAGMA journal_mode = WAL");
        }
    }

    private sealed class FreshFolderApp : StoreFlowApp
    {
        public string DataDirectory => Path.Combine(Folder, "not", "there", "yet");

        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:DataDirectory"] = DataDirectory };
    }

    private static string Schema(string file) => string.Join("\n\n", Rows(file,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger', tbl_name, type DESC, name"));

    private static List<string> Applied(string file) => Rows(file, "SELECT Version || ' ' || AppliedOn || ' ' || Description FROM VersionInfo ORDER BY 1");

    private static List<string> Rows(string file, string sql)
    {
        using var db = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        db.Open();
        return [.. db.Query<string>(sql)];
    }
}
