using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>A file that is not StoreFlow's, or not whole, is refused at start: a sentence, an exit code, and every byte as it was.</summary>
public sealed class StartRefusedTests(StartRefusedTests.UsedFile used, ITestOutputHelper output) : IClassFixture<StartRefusedTests.UsedFile>, IDisposable
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
    public async Task A_database_whose_WAL_was_left_behind_alone()
    {
        File.WriteAllBytes($"{_folder.Database}-wal", used.Bytes);
        await IsRefused("is missing");
    }

    [Fact]
    public async Task Flipped_bits_are_refused_or_change_nothing_that_SQLite_relies_on()
    {
        var random = new Random(20261123);
        var (refused, served) = (0, new List<string>());
        for (var flip = 0; flip < Effort.Of(5, 100); flip++)
        {
            var (at, bit) = (random.Next(used.Bytes.Length), random.Next(8));
            if (await Flip(at, bit) is { } sentence)
                served.Add($"byte {at} bit {bit}: {sentence}");
            else
                refused++;
        }
        output.WriteLine($"{refused} refused, {served.Count} not noticeable:\n{string.Join('\n', served)}");
    }

    [Fact]
    public async Task A_flipped_bit_in_the_head_of_any_page_is_refused()
    {
        var pages = Enumerable.Range(1, used.Bytes.Length / UsedFile.PageSize - 1).Where(page => used.Bytes[page * UsedFile.PageSize] is 2 or 5 or 10 or 13).ToArray();
        new Random(20261123).Shuffle(pages);
        foreach (var page in pages.Take(Effort.Of(4, pages.Length)))
            Assert.Null(await Flip(page * UsedFile.PageSize, bit: 0));
    }

    /// <summary>Starts on a copy with one bit the other way round: null where that is refused, else how it went on.</summary>
    private async Task<string?> Flip(int at, int bit)
    {
        using var folder = new TestFolder();
        var bytes = (byte[])used.Bytes.Clone();
        bytes[at] ^= (byte)(1 << bit);
        File.WriteAllBytes(folder.Database, bytes);
        await using var server = StoreFlowProcess.Serve(folder.Path, "Development");
        var (ended, listens) = (server.Exit(), server.As(StoreFlowApp.Owner));
        if (await Task.WhenAny(ended, listens) == ended)
        {
            Assert.Equal(1, await ended);
            Refuses(server.Said, "Nothing was changed.");
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Database)));
            return null;
        }
        var owner = await listens;
        Assert.Equal(200, (await owner.Get("/readyz")).Status);
        return $"orders {(await owner.Get("/stores/1/orders")).Status}";
    }

    private async Task IsRefused(string why)
    {
        var before = Hashes();
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        Assert.Equal(1, await server.Exit());
        Refuses(server.Said, why);

        // And so do the commands.
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "owner@demo.example");
        Assert.Equal(why is "is damaged" ? exit : 1, exit); // they look at the beginning only
        if (exit != 0 && why is not "is damaged")
            Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Equal(before, Hashes());
    }

    private static void Refuses(string said, string why)
    {
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", said, StringComparison.Ordinal);
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

    /// <summary>The file of a server that has taken a few orders and was stopped.</summary>
    public sealed class UsedFile : IAsyncLifetime
    {
        public const int PageSize = 4096;

        public byte[] Bytes { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await using var app = new StoreFlowApp();
            foreach (var type in new[] { "pickup", "shipping" })
                await app.OrderIn("accepted", type);
            await app.PlaceOrders(50);
            using var db = app.OpenDatabase();
            var copy = Path.Combine(app.Folder, "copy.db");
            db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            db.Execute("VACUUM INTO @copy", new { copy });
            using (var whole = new SqliteConnection($"Data Source={copy};Pooling=False"))
            {
                whole.Open();
                whole.Execute("PRAGMA journal_mode = WAL"); // VACUUM INTO leaves it to the reader
            }
            Bytes = await File.ReadAllBytesAsync(copy);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
