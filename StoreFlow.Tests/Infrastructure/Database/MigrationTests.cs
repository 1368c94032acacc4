using System.Reflection;
using Dapper;
using FluentMigrator;
using Microsoft.Data.Sqlite;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>The file that the migrations make, as one reviewed snapshot, and the settings of every connection to it.</summary>
[Trait("Engine", "Sqlite")]
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

    [Fact]
    public void The_database_has_the_same_lifecycle_as_the_code()
    {
        using var db = app.OpenDatabase();
        var rows = db.Query<(string, string, long, bool, bool, string?, bool)>(
            """
            SELECT fulfilment_type, status, rank, terminal, needs_tracking, shipping_status, cancelled FROM lifecycle
             ORDER BY fulfilment_type, rank
            """);
        Assert.Equal(
            Lifecycle.Stages.OrderBy(stage => Names.Of(stage.Type)).ThenBy(stage => stage.Rank).Select(stage => (
                Names.Of(stage.Type), Names.Of(stage.Status), (long)stage.Rank, stage.IsTerminal, stage.NeedsTracking,
                stage.ShippingStatus is { } shipping ? Names.Of(shipping) : null, stage.IsCancelled)),
            rows);
    }

    [Fact]
    public void The_newest_is_the_last_that_there_is() =>
        Assert.Equal(
            Migrator.Newest,
            typeof(Migrator).Assembly.GetTypes().Max(type => type.GetCustomAttribute<MigrationAttribute>()?.Version ?? 0));

    [Fact]
    public void The_servers_file_has_that_schema_and_the_required_indexes()
    {
        using var db = app.OpenDatabase();
        var indexes = db.Query<(string, string)>("""
            SELECT i.name,
                   (SELECT group_concat(c.name) FROM pragma_index_info(i.name) c) || CASE i.partial WHEN 1 THEN ' of some' ELSE '' END
              FROM pragma_index_list('orders') i
             WHERE i.origin = 'c'
            """);
        Assert.Contains(("idx_orders_status", "status of some"), indexes);
        Assert.Contains(("idx_orders_store_status", "store_id,status"), indexes);
        Assert.Contains(
            "WHERE completed_at IS NULL AND cancelled_at IS NULL",
            db.ExecuteScalar<string>("SELECT sql FROM sqlite_master WHERE name = 'idx_orders_status'"),
            StringComparison.Ordinal);
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

    /// <summary>
    /// A file of the first schema, with orders of the last one's server, less what the later migrations add. What they add is then as
    /// if it had always been there.
    /// </summary>
    [Fact]
    public async Task Orders_from_before_cancelling_have_what_came_with_it()
    {
        await using var app = new StoreFlowApp();
        foreach (var (type, status) in Scenarios.StepsTo.Keys.Where(key => key.Status != "cancelled"))
            await app.OrderIn(status, type);
        await app.Overridden("in_progress", "pending");
        await app.Overridden("packing", "accepted", "shipped");
        await using var old = new OlderApp(app.Folder);

        using (var db = old.OpenDatabase())
        {
            const string Instants = "SELECT id, started_at FROM orders ORDER BY id";
            using var before = app.OpenDatabase();
            Assert.Equal(before.Query<(long, long?)>(Instants), db.Query<(long, long?)>(Instants));
        }
        Assert.Equal(200, (await old.As(StoreFlowApp.Staff).Post("/orders/1/cancel", new { reason = "closed" })).Status);
        Assert.Equal(0, (await StoreFlowProcess.Run(old.Folder, "verify")).Exit);
    }

    private sealed class OlderApp : StoreFlowApp
    {
        private const long FirstRelease = 9;

        private static readonly string[] Tables =
        [
            "merchants", "stores", "users", "store_assignments", "api_tokens", "products", "shipping_methods", "orders", "order_items",
            "audit_log",
        ];

        public OlderApp(string source)
        {
            var file = Path.Combine(Folder, "storeflow.db");
            Migrator.MigrateUp(file, FirstRelease, typeof(Migrator).Assembly);
            using var db = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
            db.Open();
            db.Execute($"ATTACH '{Path.Combine(source, "storeflow.db")}' AS source");
            var triggers = db.Query<(string Name, string Sql)>("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").AsList();
            foreach (var trigger in triggers)
                db.Execute($"DROP TRIGGER {trigger.Name}");
            foreach (var table in Tables)
            {
                var columns = string.Join(", ", db.Query<string>($"SELECT name FROM pragma_table_info('{table}', 'main')"));
                db.Execute($"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table}");
            }
            db.Execute("UPDATE main.audit_log SET meta = json_remove(meta, '$.promised_at')"); // nothing was promised then
            db.Execute("INSERT INTO order_search (rowid, customer_name) SELECT id, customer_name FROM main.orders");
            foreach (var trigger in triggers)
                db.Execute(trigger.Sql);
        }
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

    private static List<string> Applied(string file) =>
        Rows(file, "SELECT Version || ' ' || AppliedOn || ' ' || Description FROM VersionInfo ORDER BY 1");

    private static List<string> Rows(string file, string sql)
    {
        using var db = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        db.Open();
        return [.. db.Query<string>(sql)];
    }
}
