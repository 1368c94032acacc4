using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A file that is not StoreFlow's, or not whole, is refused at start, with a sentence and an exit code. Every byte stays the
/// same.
/// </summary>
public sealed class StartRefusedTests(UsedFile used) : IClassFixture<UsedFile>, IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(0, "is cut off")]
    [InlineData(50, "is cut off")]
    [InlineData(4096, "is damaged")]
    [InlineData(60_000, "is damaged")]
    [InlineData(-1, "is damaged")] // the last byte alone
    public async Task A_file_that_was_cut_off(int length, string why)
    {
        File.WriteAllBytes(_folder.Database, used.Bytes[..(length < 0 ? used.Bytes.Length + length : length)]);
        await IsRefused(why);
    }

    [Fact]
    public async Task A_picture()
    {
        File.Copy(Source.Path("docs/board.png"), _folder.Database);
        await IsRefused("is not a database");
    }

    [Theory]
    [InlineData("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")]
    [InlineData("CREATE TABLE VersionInfo (Version INTEGER NOT NULL); INSERT INTO VersionInfo VALUES (3); CREATE TABLE notes (text TEXT)")]
    public async Task Another_programs_database(string schema)
    {
        using (var db = Change())
            db.Execute(schema);
        await IsRefused("another program's database");
    }

    [Fact]
    public async Task A_database_of_a_newer_StoreFlow_though_the_news_is_in_its_WAL_only()
    {
        File.WriteAllBytes(_folder.Database, used.Bytes);
        using var stillThere = Change(); // keeps the WAL from being brought into the file
        stillThere.Execute("INSERT INTO VersionInfo (Version, AppliedOn, Description) VALUES (9999, '2030-01-01', 'M9999')");
        Assert.NotEqual(0, new FileInfo($"{_folder.Database}-wal").Length);
        await IsRefused("by a newer StoreFlow (schema 9999; this one knows");
    }

    [Fact]
    public async Task A_database_from_before_release_1_0()
    {
        using (var db = Change())
            db.Execute("""
                CREATE TABLE VersionInfo (Version INTEGER NOT NULL, AppliedOn DATETIME, Description TEXT);
                INSERT INTO VersionInfo VALUES (1, '2026-01-01', 'M0001'), (11, '2026-11-01', 'M0011');
                CREATE TABLE merchants (id INTEGER PRIMARY KEY, code TEXT, name TEXT);
                CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, version INTEGER);
                """);
        await IsRefused("from before release 1.0");
    }

    [Fact]
    public async Task A_database_whose_WAL_was_left_behind_alone()
    {
        File.WriteAllBytes($"{_folder.Database}-wal", used.Bytes);
        await IsRefused("is missing");
    }

    private async Task IsRefused(string why)
    {
        var before = Hashes();
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        Assert.Equal(1, await server.Exit());
        UsedFile.Refuses(server.Said, why);

        // And so do the commands.
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "owner@demo.example");
        Assert.Equal(why is "is damaged" ? exit : 1, exit); // they look at the beginning only
        if (exit != 0 && why is not "is damaged")
            Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Equal(before, Hashes());
    }

    private string Hashes() => string.Join(' ', new[] { _folder.Database, $"{_folder.Database}-wal" }
        .Select(file => File.Exists(file) && new FileInfo(file).Length > 0 ? Convert.ToHexString(SHA256.HashData(Shared(file))) : "none"));

    private static byte[] Shared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private SqliteConnection Change()
    {
        var db = new SqliteConnection($"Data Source={_folder.Database};Pooling=False");
        db.Open();
        return db;
    }

    public void Dispose() => _folder.Dispose();
}
