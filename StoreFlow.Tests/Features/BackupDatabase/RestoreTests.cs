using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Features.BackupDatabase;

/// <summary><c>restore FILE</c>: the shop is the backup's afterwards and the old one is kept, or nothing has changed.</summary>
[Trait("Engine", "Sqlite")]
public sealed class RestoreTests(UsedFile used, ITestOutputHelper output) : IClassFixture<UsedFile>, IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _backups = new();

    private string Backup => Path.Combine(_backups.Path, "monday.db");

    [Fact]
    public async Task A_restored_shop_is_the_backups_and_the_shop_of_before_is_kept_whole()
    {
        System.Text.Json.JsonElement before, after;
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Development"))
        {
            var shop = await Shop.Of(server);
            before = await shop.PendingOrder();
            Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "backup", Backup)).Exit);
            after = await shop.PendingOrder();

            var (busy, nothing, refusal) = await StoreFlowProcess.Run(_folder.Path, "restore", Backup);
            Assert.Equal((1, ""), (busy, nothing));
            Assert.Contains(
                $"Nothing was restored. Another process ({server.Id}) works on {_folder.Path} already. Stop it first",
                refusal, StringComparison.Ordinal);
            Assert.Equal(200, (await shop.Owner.Get($"/orders/{after.Number("id")}")).Status);
            await server.Kill();    // its newest orders are in the write-ahead log
        }

        var (exit, said, error) = await StoreFlowProcess.Run(_folder.Path, "restore", Backup);

        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"^\S+storeflow\.db is now what \S+monday\.db has: 1 orders, the newest of \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", said);
        Assert.Contains("Everybody has to sign in again, and shared tablets have to be set up anew.", said, StringComparison.Ordinal);
        Assert.True(File.Exists(Backup));
        var kept = Assert.Single(Directory.EnumerateFiles(_folder.Path, "storeflow.db.before-restore-*"));
        Assert.Contains($"The database of before is kept as {kept}.", said, StringComparison.Ordinal);
        Assert.Equal([before.Number("id"), after.Number("id")], Orders(kept));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Database));

        await using var again = StoreFlowProcess.Serve(_folder.Path, "Development");
        var restored = await Shop.Of(again);
        Assert.Equal(200, (await restored.Owner.Get($"/orders/{before.Number("id")}")).Status);
        Assert.Equal(404, (await restored.Owner.Get($"/orders/{after.Number("id")}")).Status);
        Assert.Equal(after.Number("id"), (await restored.PendingOrder()).Number("id"));
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "verify")).Exit);
    }

    [Fact]
    public async Task Nobody_stays_signed_in()
    {
        await using (var app = new StoreFlowApp())
        {
            await app.PlaceOrders(1);
            using var db = app.OpenDatabase();
            db.Execute("""
                INSERT INTO sessions (id_hash, user_id, password_stamp, created_at, last_used_at, expires_at)
                VALUES (zeroblob(32), 1, x'', 0, 0, 9999999999999)
                """);
            db.Execute("VACUUM INTO @Backup", new { Backup });
        }
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "restore", Backup)).Exit);
        Assert.Equal(0, DatabaseFile.Read(_folder.Database, db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM sessions")));
    }

    [Theory]
    [InlineData("a copy that was cut off", "is damaged")]
    [InlineData("a copy that lost its last byte", "is damaged")]
    [InlineData("a copy with a hole", "is damaged")]
    [InlineData("an empty file", "is cut off: it has 0 bytes.")]
    [InlineData("a picture", "is not a database")]
    [InlineData("another program's database", "is another program's database. Nothing was changed. Restore another backup.")]
    [InlineData("an empty database", "is an empty database, not a backup of StoreFlow.")]
    [InlineData("a newer release's", "was written by a newer StoreFlow (schema 9999; this one knows")]
    [InlineData("one whose orders were changed", "is not sound: Order 1: ")]
    [InlineData("nothing", "There is no file")]
    public async Task A_file_that_is_no_good_backup_is_refused_and_nothing_changes(string what, string why)
    {
        File.WriteAllBytes(_folder.Database, used.Bytes);
        _folder.Write("notes.txt", "mine");
        Make(what);
        var (before, backup) = (Hashes(), File.Exists(Backup) ? File.ReadAllBytes(Backup) : []);

        var (exit, said, error) = await StoreFlowProcess.Run(_folder.Path, "restore", Backup);

        Assert.Equal((1, ""), (exit, said));
        Assert.StartsWith("Nothing was restored. ", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(before, Hashes());
        Assert.Equal(backup, File.Exists(Backup) ? File.ReadAllBytes(Backup) : []);
    }

    [Fact]
    public async Task A_database_that_is_damaged_is_kept_with_its_log_and_the_backup_takes_its_place()
    {
        File.WriteAllBytes(Backup, used.Bytes);
        File.WriteAllText(_folder.Database, new string('x', 5000));
        _folder.Write("storeflow.db-wal", "its log");

        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "restore", Backup);

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(52, Orders(_folder.Database).Count);
        var kept = Directory.EnumerateFiles(_folder.Path, "storeflow.db.before-restore-*").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(2, kept.Count);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(kept[0]));
        Assert.Equal((kept[0] + "-wal", "its log"), (kept[1], await File.ReadAllTextAsync(kept[1])));
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        await (await Shop.Of(server)).PendingOrder();
    }

    [SkippableFact]
    public async Task A_disk_without_room_changes_nothing()
    {
        File.WriteAllBytes(Backup, used.Bytes);
        File.WriteAllBytes(_folder.Database, used.Bytes);
        var disk = new BadDisk(_folder);
        var under = disk.Under();
        disk.Fail("write 28");
        var before = Hashes();
        var (exit, said, error) = await StoreFlowProcess.Run(_folder.Path, under, "restore", Backup);
        Assert.Equal((1, ""), (exit, said));
        Assert.Contains("Nothing was restored. The disk of the data directory is full.", error, StringComparison.Ordinal);
        disk.Heal();
        // What could not be deleted on such a disk goes with the next restore or start.
        Assert.Equal(
            before.Where(IsNotOrder),
            Hashes().Where(line => IsNotOrder(line) && !line.Contains(".restoring", StringComparison.Ordinal)));
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "restore", Backup)).Exit);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.restoring*"));

        static bool IsNotOrder(string line) => !line.StartsWith("disk-orders", StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Killed_at_any_step_it_leaves_the_old_shop_or_the_new_one()
    {
        File.WriteAllBytes(Backup, used.Bytes);
        var disk = new BadDisk(_folder);
        var count = Path.Combine(_backups.Path, "count");
        Begin();
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, disk.Under(("FAULTS_COUNT", count)), "restore", Backup);
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(52, Orders(_folder.Database).Count);
        Assert.True(IsOld(Assert.Single(Directory.EnumerateFiles(_folder.Path, "storeflow.db.before-restore-*"))));
        var steps = int.Parse(await File.ReadAllTextAsync(count), CultureInfo.InvariantCulture);

        // The last step is the rename: a kill before it leaves the old shop, and the run above left the new one.
        foreach (var step in Effort.Long ? Enumerable.Range(1, steps) : [steps / 2, steps - 2, steps - 1, steps])
        {
            Begin();
            (exit, _, _) = await StoreFlowProcess.Run(_folder.Path, disk.Under(("FAULTS_KILL_AT", $"{step}")), "restore", Backup);
            Assert.Equal(128 + 9, exit);
            Assert.True(IsOld(_folder.Database));
            Assert.Equal(52, Orders(Backup).Count);

            (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "restore", Backup);
            Assert.Equal((0, ""), (exit, error));
            Assert.Equal(52, Orders(_folder.Database).Count);
            Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.restoring*"));
        }
        output.WriteLine($"{steps} steps.");
    }

    /// <summary>A shop whose merchant is in the write-ahead log only.</summary>
    private void Begin()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "storeflow.db*"))
            File.Delete(file);
        using var elsewhere = new TestFolder();
        Migrator.MigrateUp(elsewhere.Database);
        using var db = SqliteDatabase.Open(elsewhere.Database);
        db.Execute("INSERT INTO merchants (code, name, created_at) VALUES ('old', 'Old', 0)");
        File.Copy(elsewhere.Database, _folder.Database);
        File.Copy($"{elsewhere.Database}-wal", $"{_folder.Database}-wal");
    }

    private static bool IsOld(string file) => DatabaseFile.Read(
        file, db => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants WHERE code = 'old')"));

    private void Make(string what)
    {
        if (what is "nothing")
            return;
        File.WriteAllBytes(Backup, what switch
        {
            "a copy that was cut off" => used.Bytes[..60_000],
            "a copy that lost its last byte" => used.Bytes[..^1],
            "a copy with a hole" =>
                [.. used.Bytes[..(used.Bytes.Length / 2)], .. new byte[8192], .. used.Bytes[(used.Bytes.Length / 2 + 8192)..]],
            "a picture" => File.ReadAllBytes(Source.Path("docs/board.png")),
            "a newer release's" or "one whose orders were changed" => used.Bytes,
            _ => [],
        });
        var sql = what switch
        {
            "another program's database" => "CREATE TABLE notes (text TEXT)",
            "an empty database" => "PRAGMA user_version = 1; VACUUM",
            "a newer release's" => "INSERT INTO VersionInfo (Version, AppliedOn, Description) VALUES (9999, '2030-01-01', 'M9999')",
            "one whose orders were changed" => "UPDATE orders SET accepted_at = accepted_at + 1, version = version + 1 WHERE id = 1",
            _ => null,
        };
        if (sql is null)
            return;
        using var db = new SqliteConnection($"Data Source={Backup};Pooling=False");
        db.Open();
        db.Execute(sql);
    }

    /// <summary>Every file but the lock's: who took it last is not the shop's.</summary>
    private string[] Hashes() =>
    [
        .. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("storeflow.lock" or "storeflow.pid"))
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")
            .Order(StringComparer.Ordinal),
    ];

    private static List<long> Orders(string file) =>
        DatabaseFile.Read(file, db => db.Query<long>("SELECT id FROM orders ORDER BY id").ToList());

    public void Dispose()
    {
        _folder.Dispose();
        _backups.Dispose();
    }
}
