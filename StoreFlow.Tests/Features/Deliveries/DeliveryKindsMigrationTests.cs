using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Deliveries;

/// <summary>A file that has web hooks from before migration 19 keeps them, with what was sent and what waits.</summary>
[Trait("Engine", "Sqlite")]
public sealed class DeliveryKindsMigrationTests : IAsyncLifetime
{
    private readonly StoreFlowApp _app = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Nothing_is_lost_and_a_new_store_still_joins_the_web_hook_of_all_stores()
    {
        var folder = Directory.CreateTempSubdirectory("storeflow-");
        try
        {
            var file = Path.Combine(folder.FullName, "storeflow.db");
            Migrator.MigrateUp(file, 18, typeof(Migrator).Assembly);
            using (var before = Open(file))
                before.Execute($"{await Copied(before)}; {Rows}");

            Migrator.MigrateUp(file);

            using var db = Open(file);
            Assert.Equal(
                [(1, "sent", (long?)1_100, (long?)null), (2, "waiting", null, 3_000)],
                db.Query<(long, string, long?, long?)>("SELECT id, status, first_tried_at, next_try_at FROM deliveries ORDER BY id"));
            Assert.Equal((2, "500"), db.QuerySingle<(long, string)>("SELECT COUNT(*), MAX(answer) FROM delivery_attempts"));
            Assert.Equal("https://shop.example/hooks", db.QuerySingle<string>("SELECT url FROM webhooks WHERE destination_id = 1"));
            Assert.Equal([(1, 7), (2, 0)], db.Query<(long, long)>("SELECT store_id, cursor FROM destination_stores ORDER BY store_id"));

            db.Execute("INSERT INTO stores (merchant_id, code, name, currency, created_at) VALUES (1, 'new', 'New', 'EUR', 0)");
            Assert.Equal(3, db.QuerySingle<long>("SELECT COUNT(*) FROM destination_stores WHERE destination_id = 1"));
            Assert.Empty(db.Query("PRAGMA foreign_key_check"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The merchants, stores and one order of a server's file, as SQL that copies them into an older one.</summary>
    private async Task<string> Copied(SqliteConnection older)
    {
        await _app.PendingOrder();
        var tables = new[] { "merchants", "stores", "users", "orders" };
        var copies = tables.Select(table =>
        {
            var columns = string.Join(", ", older.Query<string>($"SELECT name FROM pragma_table_info('{table}')"));
            return $"DELETE FROM main.{table}; INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table}";
        });
        return $"ATTACH '{Path.Combine(_app.Folder, "storeflow.db")}' AS source; {string.Join("; ", copies)}; DETACH source";
    }

    private static SqliteConnection Open(string file)
    {
        var db = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        db.Open();
        return db;
    }

    private const string Rows = """
        INSERT INTO destinations (id, merchant_id, kind, events, all_stores, created_at) VALUES (1, 1, 'webhook', 'OrderCreated', 1, 900);
        INSERT INTO webhooks (destination_id, url, secret) VALUES (1, 'https://shop.example/hooks', randomblob(32));
        INSERT INTO destination_stores (destination_id, store_id, cursor) VALUES (1, 1, 7), (1, 2, 0);
        INSERT INTO deliveries
               (id, destination_id, store_id, sequence, order_id, event, message_id, status, attempts, created_at, next_try_at, ended_at)
        VALUES (1, 1, 1, 1, 1, 'OrderCreated', 'msg_1', 'sent', 2, 1000, NULL, 1300),
               (2, 1, 1, 2, 1, 'OrderStatusUpdated', 'msg_2', 'waiting', 0, 1000, 3000, NULL);
        INSERT INTO delivery_attempts (delivery_id, number, began_at, milliseconds, answer, fault)
        VALUES (1, 1, 1100, 10, 500, 'It answered 500.'), (1, 2, 1290, 10, 200, NULL);
        """;
}
