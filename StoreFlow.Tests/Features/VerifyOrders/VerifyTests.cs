using Dapper;
using StoreFlow.Tests.Faults;

namespace StoreFlow.Tests.Features.VerifyOrders;

/// <summary>The real command on real files: it reports nothing where all is well, and one line for each difference.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task A_file_that_a_server_writes_all_the_time_is_sound_and_stays_as_it_is()
    {
        await using var app = new StoreFlowApp();
        foreach (var (type, status) in Scenarios.StepsTo.Keys)
            await app.OrderIn(status, type);
        await app.Overridden("packing", "shipped", "accepted", "delivered");
        await app.Overridden("in_progress", "completed");
        await app.Overridden("ready", "pending");
        var corrected = await app.OrderIn("shipped", "shipping");
        var (patched, _) = await app.As(StoreFlowApp.Staff)
            .Patch($"/orders/{corrected.Number("id")}/tracking", new { tracking_code = "2Z" });
        Assert.Equal(200, patched);

        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await app.OrderIn("completed");
        });
        var (exit, said, error) = await StoreFlowProcess.Run(app.Folder, "verify");
        await stop.CancelAsync();
        await writer;

        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(
            @"^(\S+storeflow\.db|shop_\d+ on 127\.0\.0\.1:\d+) is sound: "
            + @"[\d,]+ orders are what their [\d,]+ audit rows say, .*\.\r?\n$", said);
        var counts = System.Text.RegularExpressions.Regex.Matches(said, @"[\d,]+(?= orders| audit rows)")
            .Select(n => int.Parse(
                n.Value.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(counts[0] >= 14 && counts[1] >= 45, said);
    }

    [SkippableFact]
    public async Task Each_kind_of_difference_is_named_in_a_line_of_its_own()
    {
        Skip.If(TestDatabase.IsPostgres, "About SQLite; VerifyOnPostgresTests does the same there.");
        await using var app = new StoppedClockApp();
        for (var i = 0; i < 12; i++)
            await app.OrderIn("in_progress");               // orders 1 to 12, audit rows 1 to 36
        await app.OrderIn("shipped", "shipping");           // order 13, audit rows 37 to 40
        await app.OrderIn("completed");                     // order 14, audit rows 41 to 45
        await app.OrderIn("accepted", store: 2);            // order 15, audit rows 46 and 47
        using (var db = app.OpenDatabase())
        {
            db.Execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
            var triggers = db.Query<string>("SELECT sql FROM sqlite_master WHERE type = 'trigger'").AsList();
            foreach (var name in db.Query<string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").AsList())
                db.Execute($"DROP TRIGGER {name}");
            foreach (var sql in Tampering)
                db.Execute(sql);
            foreach (var trigger in triggers.Where(trigger => !trigger.Contains("orders_are_kept", StringComparison.Ordinal)))
                db.Execute(trigger.Replace("'an audit row never changes'", "'whatever'", StringComparison.Ordinal));
            db.Execute("CREATE TRIGGER somebodys_own AFTER INSERT ON orders BEGIN SELECT 1; END");
        }

        var (exit, said, error) = await StoreFlowProcess.Run(app.Folder, "verify");

        Assert.Equal((1, ""), (exit, error));
        Snapshots.Match(said.Replace(app.Folder, "", StringComparison.Ordinal), "Differences");
    }

    private static readonly string[] Tampering =
    [
        "UPDATE orders SET status = 'ready' WHERE id = 1",
        "UPDATE orders SET version = 4 WHERE id = 2",
        "UPDATE orders SET accepted_at = accepted_at + 1, ready_at = 5 WHERE id = 3",
        "UPDATE orders SET subtotal = 100, total = 100 WHERE id = 4",
        "DELETE FROM audit_log WHERE entity_id = 5",
        "DELETE FROM audit_log WHERE id = 17", // order 6 was accepted
        "UPDATE audit_log SET meta = '{\"old_status\":\"ready\",\"new_status\":\"completed\"}' WHERE id = 21", // order 7
        "UPDATE audit_log SET store_id = 2, sequence = 3 WHERE id = 24", // order 8
        "UPDATE audit_log SET meta = '[]' WHERE id = 26", // order 9
        "UPDATE orders SET fulfilment_type = 'drone' WHERE id = 10",
        "UPDATE order_items SET quantity = 3 WHERE order_id = 11",
        "INSERT INTO order_search (order_search, rowid, customer_name) SELECT 'delete', id, customer_name FROM orders WHERE id = 12",
        "UPDATE orders SET tracking_code = 'other', shipping_status = 'delivered' WHERE id = 13",
        "UPDATE audit_log SET sequence = sequence + 100 WHERE id = 45", // order 14
        "INSERT INTO audit_log (merchant_id, store_id, sequence, entity_id, action, version, meta, created_at) " +
            "VALUES (1, 2, 4, 77, 'order_created', 1, '{}', 0)",
        "DROP INDEX idx_orders_status",
        "UPDATE lifecycle SET terminal = 0 WHERE status = 'completed'",
    ];

    [Fact]
    public async Task Of_many_differences_the_first_hundred_are_shown_and_all_are_counted()
    {
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(103);
        using (var db = app.OpenDatabase())
        {
            TestDatabase.DropTrigger(db, TestDatabase.IsPostgres ? "orders_change_by_the_rules" : "orders_snapshot_is_frozen", "orders");
            db.Execute("UPDATE orders SET created_at = created_at + 1, version = version + 1");
        }

        var (exit, said, _) = await StoreFlowProcess.Run(app.Folder, "verify");

        var lines = said.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal((1, 102), (exit, lines.Length));
        Assert.Equal("... and 107 more.", lines[^2]);
        Assert.EndsWith("is not sound: 207 differences in 103 orders and 103 audit rows.", lines[^1], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_damaged_file_and_one_that_is_none_and_one_that_is_not_there_end_in_a_sentence()
    {
        Skip.If(TestDatabase.IsPostgres, "About SQLite's file.");
        using var folder = new TestFolder();
        Assert.Contains("There is no database", await Failed(folder.Path), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));

        folder.Write("storeflow.db", string.Concat(Enumerable.Repeat("This is a letter to a friend. ", 1000)));
        Assert.Contains("file is not a database", await Failed(folder.Path), StringComparison.Ordinal);

        using var damaged = new TestFolder();
        await using (var app = new StoreFlowApp())
        {
            await app.PlaceOrders(200);
            using var db = app.OpenDatabase();
            db.Execute("VACUUM INTO @copy", new { copy = damaged.Database });
        }
        using (var file = File.OpenWrite(damaged.Database))
        {
            for (var page = 40; page < file.Length / UsedFile.PageSize; page++)
            {
                file.Position = (page * UsedFile.PageSize) + 200;
                file.Write(new byte[1000]);
            }
        }
        var bytes = await File.ReadAllBytesAsync(damaged.Database);
        Assert.Contains("The check of integrity could not go on", await Failed(damaged.Path), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(damaged.Database));

        static async Task<string> Failed(string folder)
        {
            var (exit, said, error) = await StoreFlowProcess.Run(folder, "verify");
            Assert.Equal(1, exit);
            Assert.DoesNotContain("   at ", said + error, StringComparison.Ordinal);
            return said + error;
        }
    }
}
