using System.Globalization;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.BackupDatabase;

/// <summary>Before a new release changes the schema of a shop's file, it makes a copy; without one it changes nothing.</summary>
[Trait("Engine", "Sqlite")]
public sealed class MigrationBackupTests : IDisposable
{
    private const long Older = 9;

    private readonly TestFolder _folder = new();

    private string[] Copies => Directory.Exists(Path.Combine(_folder.Path, "backups"))
        ? [.. Directory.EnumerateFiles(Path.Combine(_folder.Path, "backups")).Order(StringComparer.Ordinal)]
        : [];

    [Theory]
    [InlineData("a server")]
    [InlineData("a command")]
    public async Task The_copy_has_the_schema_of_before_and_can_be_restored(string who)
    {
        Begin(withAShop: true);
        if (who is "a server")
        {
            await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
            await server.Address;
            Assert.Contains("This release migrates the database. A copy of it as it was is", server.Said, StringComparison.Ordinal);
        }
        else
            await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "nobody@demo.example");

        var copy = Assert.Single(Copies);
        Assert.Matches($@"before-migration-to-{Migrator.Newest}-\d{{8}}-\d{{6}}Z\.db$", copy);
        Assert.Equal((Older, Migrator.Newest), (Schema(copy), Schema(_folder.Database)));

        using var another = new TestFolder();
        var (exit, said, error) = await StoreFlowProcess.Run(another.Path, "restore", copy);
        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("The backup was of an older release; the database is migrated to this one.", said, StringComparison.Ordinal);
        Assert.Equal("old", DatabaseFile.Read(another.Database, db => db.ExecuteScalar<string>("SELECT code FROM merchants")));
    }

    [Fact]
    public async Task The_last_three_are_kept()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "backups"));
        for (var day = 1; day <= 4; day++)
            _folder.Write(
                string.Create(CultureInfo.InvariantCulture, $"backups/before-migration-to-{day + 3}-2026010{day}-000000Z.db"), "");
        Begin(withAShop: true);
        await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "nobody@demo.example");
        Assert.Equal(3, Copies.Length);
        Assert.Equal(
            [$"before-migration-to-{Migrator.Newest}-", "before-migration-to-6-", "before-migration-to-7-"],
            Copies.Select(copy => Path.GetFileName(copy)[..^"20260101-000000Z.db".Length]));
    }

    [Fact]
    public async Task An_empty_shop_and_a_file_that_is_up_to_date_get_none()
    {
        Begin(withAShop: false);
        await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "nobody@demo.example");
        await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "nobody@demo.example");
        Assert.Equal(Migrator.Newest, Schema(_folder.Database));
        Assert.Empty(Copies);
    }

    [Fact]
    public async Task Without_a_copy_the_start_is_refused_and_nothing_is_migrated()
    {
        Begin(withAShop: true);
        var before = File.ReadAllBytes(_folder.Database);
        var nowhere = Path.Combine(_folder.Path, "nowhere");
        await using var server = StoreFlowProcess.Serve(
            _folder.Path, "Production", start => start.Environment["StoreFlow__Backup__Directory"] = nowhere);
        Assert.Equal(1, await server.Exit());
        Assert.Contains(
            $"no copy of it could be made first, so nothing was changed. There is no folder {nowhere}.",
            server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);

        var (exit, _, error) = await StoreFlowProcess.Run(
            _folder.Path, start => start.Environment["StoreFlow__Backup__Directory"] = nowhere, "token", "list", "--user", "nobody");
        Assert.Equal(1, exit);
        Assert.Contains($"There is no folder {nowhere}.", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
        Assert.Equal(Older, Schema(_folder.Database));
    }

    private void Begin(bool withAShop)
    {
        Migrator.MigrateUp(_folder.Database, Older, typeof(Migrator).Assembly);
        using var db = SqliteDatabase.Open(_folder.Database);
        if (withAShop)
            db.Execute("INSERT INTO merchants (code, name, created_at) VALUES ('old', 'Old', 0)");
    }

    private static long Schema(string file) =>
        DatabaseFile.Read(file, db => db.ExecuteScalar<long>("SELECT MAX(Version) FROM VersionInfo"));

    public void Dispose() => _folder.Dispose();
}
