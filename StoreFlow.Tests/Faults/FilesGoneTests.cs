using System.Net.Http.Json;
using System.Security.Cryptography;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// The database's files are removed, renamed or replaced under the running server. What it would write from then on would be
/// lost, so it acknowledges nothing more, says what happened, and ends. What was put in their place stays unchanged.
/// </summary>
public sealed class FilesGoneTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("storeflow-elsewhere-").FullName;

    [SkippableTheory]
    [InlineData("the directory was removed", "was removed or renamed", true)]
    [InlineData("the directory was renamed", "was removed or renamed", true)]
    [InlineData("the log was unlinked", "storeflow.db-wal in the data directory was removed or renamed", true)]
    [InlineData("the lock was unlinked", "storeflow.lock in the data directory was removed or renamed", true)]
    [InlineData("a backup was moved over the file", "storeflow.db in the data directory was replaced by another file", true)]
    [InlineData("a backup was moved over the file", "storeflow.db in the data directory was replaced by another file", false)]
    public async Task Ends_the_server_and_nothing_more_is_acknowledged(string what, string sentence, bool writing)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Inodes are compared on Linux.");
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data")).FullName;
        var file = Path.Combine(data, "storeflow.db");
        await using var server = StoreFlowProcess.Serve(data, "Development");
        var shop = await Shop.Of(server);
        var (before, backup) = (await shop.PendingOrder(), Path.Combine(_elsewhere, "backup.db"));
        using (var db = SqliteDatabase.Open(file, readOnly: true))
            db.Execute("VACUUM INTO @backup", new { backup });
        var hash = Hash(backup);
        var after = await shop.PendingOrder();   // in the log, and in no backup

        Do(what, data, file, backup);

        // From now on every write is refused. A connection that breaks off is no acknowledgement either.
        for (var i = 0; writing && await Write() is { } status; i++)
            Assert.Equal((i, 503), (i, status));
        await shop.Says(sentence);
        await shop.Says("StoreFlow stops.");
        Assert.Equal(74, await server.Exit());
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);

        switch (what)
        {
            case "the directory was removed":
                Assert.False(Directory.Exists(data));   // not made again, empty
                return;
            case "a backup was moved over the file":
                Assert.Equal(hash, Hash(file));
                Assert.Equal([before.Number("id")], Orders(file));
                break;
            case "the directory was renamed":
                Assert.Equal([before.Number("id"), after.Number("id")], Orders(Path.Combine(_elsewhere, "data", "storeflow.db")));
                return;
            default:
                Assert.Equal([before.Number("id"), after.Number("id")], Orders(file)); // the log was carried into the file first
                break;
        }
        await using var again = StoreFlowProcess.Serve(data, "Development");
        await (await Shop.Of(again)).PendingOrder();

        async Task<int?> Write()
        {
            try
            {
                using var answer = await shop.Customer.PostAsync("/checkout", JsonContent.Create(Scenarios.CheckoutBody()));
                return (int)answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    [SkippableFact]
    public async Task Says_that_it_is_not_ready_before_it_ends()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Inodes are compared on Linux.");
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data")).FullName;
        await using var server = StoreFlowProcess.Serve(data, "Development");
        var shop = await Shop.Of(server);
        var order = await shop.PendingOrder();
        Directory.Move(data, Path.Combine(_elsewhere, "data"));
        (await shop.Customer.Get("/readyz")).Is(503, "busy");
        Assert.Equal(200, (await shop.Owner.Get($"/orders/{order.Number("id")}")).Status);
        Assert.Equal(74, await server.Exit());
    }

    private void Do(string what, string data, string file, string backup)
    {
        switch (what)
        {
            case "the directory was removed":
                Directory.Delete(data, recursive: true);
                break;
            case "the directory was renamed":
                Directory.Move(data, Path.Combine(_elsewhere, "data"));
                break;
            case "the log was unlinked":
                File.Delete($"{file}-wal");
                break;
            case "the lock was unlinked":
                File.Delete(Path.Combine(data, "storeflow.lock"));
                break;
            default:
                File.Move(backup, file, overwrite: true);
                break;
        }
    }

    private static List<long> Orders(string file) =>
        DatabaseFile.Read(file, db => db.Query<long>("SELECT id FROM orders ORDER BY id").ToList());

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }
}
