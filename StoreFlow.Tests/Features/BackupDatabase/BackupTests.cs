using Dapper;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;

namespace StoreFlow.Tests.Features.BackupDatabase;

/// <summary><c>backup FILE</c> while a server takes orders: it makes a whole file, or says why not and makes none.</summary>
[Trait("Engine", "Sqlite")]
public sealed class BackupTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _backups = new();

    private string Backup => Path.Combine(_backups.Path, "monday.db");

    [Fact]
    public async Task A_backup_beside_a_busy_server_is_whole_and_starts_as_it_is()
    {
        await using var server = StoreFlowProcess.Serve(
            _folder.Path, "Development", start => start.Environment["StoreFlow__CheckoutsPerMinute"] = "100000");
        var shop = await Shop.Of(server);
        var first = await shop.PendingOrder();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                Assert.Equal(201, (await shop.Customer.Post("/checkout", Scenarios.CheckoutBody())).Status);
        });

        var (exit, said, error) = await StoreFlowProcess.Run(_folder.Path, "backup", Backup);

        await stop.CancelAsync();
        await writer;
        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"^\S+monday\.db is a backup of \S+storeflow\.db: [\d,.]+ MB, [\d,]+ orders, made in [\d,.]+ s\.\r?\n$", said);
        Assert.Equal([Backup], Directory.EnumerateFiles(_backups.Path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));

        using var restored = new TestFolder();
        Assert.Equal(0, (await StoreFlowProcess.Run(restored.Path, "restore", Backup)).Exit);
        Assert.Equal(0, (await StoreFlowProcess.Run(restored.Path, "verify")).Exit);
        await using var again = StoreFlowProcess.Serve(restored.Path, "Development");
        Assert.Equal(200, (await (await again.As(StoreFlowApp.Owner)).Get($"/orders/{first.Number("id")}")).Status);
    }

    [Fact]
    public async Task A_backup_neither_needs_nor_holds_the_lock_of_a_write()
    {
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(20);
        using var writer = app.OpenDatabase();
        writer.Execute("BEGIN IMMEDIATE; UPDATE products SET name = 'not committed'");

        var (exit, said, error) = await StoreFlowProcess.Run(app.Folder, "backup", Backup);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains(", 20 orders, ", said, StringComparison.Ordinal);
        using var copy = SqliteDatabase.Open(Backup, readOnly: true);
        Assert.DoesNotContain("not committed", copy.Query<string>("SELECT name FROM products"));
        writer.Execute("ROLLBACK");
    }

    [Fact]
    public async Task A_file_that_is_there_is_kept()
    {
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(1);
        await File.WriteAllTextAsync(Backup, "the only copy of last week");
        Assert.Contains(
            $"No backup was made. {Backup} is there already. Choose another name.", await Failed(app.Folder), StringComparison.Ordinal);
        Assert.Equal("the only copy of last week", await File.ReadAllTextAsync(Backup));
        Assert.Equal([Backup], Directory.EnumerateFileSystemEntries(_backups.Path));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_no_hindrance()
    {
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(1);
        await File.WriteAllTextAsync($"{Backup}.new", "half a database");
        Assert.Equal(0, (await StoreFlowProcess.Run(app.Folder, "backup", Backup)).Exit);
        Assert.Equal([Backup], Directory.EnumerateFileSystemEntries(_backups.Path));
    }

    [Fact]
    public async Task A_folder_or_database_that_is_not_there_is_said_and_not_made()
    {
        Assert.Contains(
            $"No backup was made. There is no database at {_folder.Database}.", await Failed(_folder.Path), StringComparison.Ordinal);
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(1);
        var nowhere = Path.Combine(_backups.Path, "nowhere", "monday.db");
        var (exit, _, error) = await StoreFlowProcess.Run(app.Folder, "backup", nowhere);
        Assert.Equal(1, exit);
        Assert.Contains($"No backup was made. There is no folder {Path.GetDirectoryName(nowhere)}.", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_backups.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_damaged_database_gives_no_backup()
    {
        await using (var app = new StoreFlowApp())
        {
            await app.PlaceOrders(200);
            using var db = app.OpenDatabase();
            db.Execute("VACUUM INTO @copy", new { copy = _folder.Database });
        }
        using (var file = new FileStream(_folder.Database, FileMode.Open))
        {
            file.Seek(file.Length / 2, SeekOrigin.Begin);
            file.Write(new byte[8192]);
        }
        Assert.Contains("No backup was made.", await Failed(_folder.Path), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_backups.Path));
    }

    [SkippableFact]
    public async Task A_full_disk_is_said_and_makes_no_backup()
    {
        var disk = new SmallDisk(_backups);
        Skip.IfNot(disk.Works, "Needs a mount namespace of its own (unshare -rm), for a disk that is really small.");
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(1);
        var (exit, said, error) = await StoreFlowProcess.Run(app.Folder, disk.UnderFull, "backup", Backup);
        Assert.Equal((1, ""), (exit, said));
        Assert.Matches(
            @"^No backup was made\. The disk that it goes to is full\. The copy needs [\d.]+ MB, and 0\.0 MB are free\.$", error.Trim());
    }

    [SkippableFact]
    public async Task A_disk_that_fills_up_half_way_is_said_and_makes_no_backup()
    {
        var disk = new BadDisk(_backups);
        var under = disk.Under();
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(20);
        disk.Fail("write 28");
        var (exit, said, error) = await StoreFlowProcess.Run(
            app.Folder, under, "backup", Path.Combine(_backups.Path, "storeflow.db")); // this disk knows the file by its name
        Assert.Equal((1, ""), (exit, said));
        Assert.Equal("No backup was made. The disk that it goes to is full.", error.Trim());
        await app.PlaceOrders(1);
        disk.Heal();
        Assert.Equal(0, (await StoreFlowProcess.Run(app.Folder, "backup", Path.Combine(_backups.Path, "storeflow.db"))).Exit);
        Assert.Equal([Path.Combine(_backups.Path, "storeflow.db")], Directory.EnumerateFiles(_backups.Path));
    }

    [Fact]
    public async Task Orders_that_are_not_what_their_log_says_are_no_good_backup_but_kept_beside()
    {
        await using var app = new StoreFlowApp();
        await app.PlaceOrders(2);
        using (var db = app.OpenDatabase())
            db.Execute("UPDATE orders SET accepted_at = 5, status = 'accepted', version = 2 WHERE id = 2");
        Assert.Matches(
            @"^No backup was made\. The copy was checked and is not sound: Order 2: .* \(and \d more\) " +
            @"The command verify tells more\. The copy is kept as \S+monday\.db\.unsound\.\s*$", await Failed(app.Folder));
        Assert.Equal([$"{Backup}.unsound"], Directory.EnumerateFiles(_backups.Path));
    }

    private async Task<string> Failed(string folder)
    {
        var (exit, said, error) = await StoreFlowProcess.Run(folder, "backup", Backup);
        Assert.Equal((1, ""), (exit, said));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        return error;
    }

    public void Dispose()
    {
        _folder.Dispose();
        _backups.Dispose();
    }
}
