using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// One bit of the file has flipped. SQLite keeps no checksums, so a flip within a text or in unused space goes unnoticed.
/// Whatever it can notice is refused, and nothing is changed.
/// </summary>
public sealed class FlippedBitTests(UsedFile used, ITestOutputHelper output) : IClassFixture<UsedFile>, IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Flipped_bits_are_refused_or_change_nothing_that_SQLite_relies_on()
    {
        var random = new Random(20261123);
        var (refused, served) = (0, new List<string>());
        for (var flip = 0; flip < Effort.Of(5, 100); flip++)
        {
            var (at, bit) = (random.Next(used.Bytes.Length), random.Next(8));
            if (await IsRefused(at, bit))
                refused++;
            else
                served.Add($"byte {at} bit {bit}");
        }
        output.WriteLine($"{refused} refused, {served.Count} not noticeable: {string.Join(", ", served)}.");
    }

    [Fact]
    public async Task A_flipped_bit_in_the_head_of_any_page_is_refused()
    {
        var pages = Enumerable.Range(1, used.Bytes.Length / UsedFile.PageSize - 1)
            .Where(page => used.Bytes[page * UsedFile.PageSize] is 2 or 5 or 10 or 13)
            .ToArray();
        new Random(20261123).Shuffle(pages);
        foreach (var page in pages.Take(Effort.Of(4, pages.Length)))
            Assert.True(await IsRefused(page * UsedFile.PageSize, bit: 0), $"page {page}");
    }

    [Fact]
    public async Task A_large_file_is_read_once_the_server_runs_and_damage_ends_it()
    {
        File.WriteAllBytes(_folder.Database, used.Bytes);
        using (var db = new SqliteConnection($"Data Source={_folder.Database};Pooling=False"))
        {
            db.Open();
            db.Execute("PRAGMA journal_mode = DELETE; CREATE TABLE ballast (text TEXT)");
            db.Execute("""
                INSERT INTO ballast
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
                SELECT hex(randomblob(1500)) FROM n
                """);
        }
        var bytes = File.ReadAllBytes(_folder.Database);
        Assert.InRange(bytes.Length, StartupFileCheck.SmallFile + 1, long.MaxValue);
        bytes[bytes.Length / UsedFile.PageSize / 2 * UsedFile.PageSize] ^= 1;
        File.WriteAllBytes(_folder.Database, bytes);

        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        Assert.Equal(1, await server.Exit());
        Assert.Contains("is damaged", server.Said, StringComparison.Ordinal);
    }

    /// <summary>Starts on a copy with one bit flipped. Where that is not refused, the server has to work as usual.</summary>
    private async Task<bool> IsRefused(int at, int bit)
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
            UsedFile.Refuses(server.Said, $"crit: StoreFlow[0]\n      {folder.Path}");
            output.WriteLine(server.Said.ReplaceLineEndings(" "));
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Database)));
            return true;
        }
        var owner = await listens;
        Assert.Equal(200, (await owner.Get("/readyz")).Status);
        Assert.Equal(200, (await owner.Get("/stores/1/orders?limit=200")).Status);
        return false;
    }

    public void Dispose() => _folder.Dispose();
}
