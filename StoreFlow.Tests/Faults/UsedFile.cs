using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Tests.Faults;

/// <summary>The file of a server that has taken a few orders and was stopped.</summary>
public sealed class UsedFile : IAsyncLifetime
{
    public const int PageSize = 2048;

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

    /// <summary>Checks that a start was refused with this sentence, and that it is one.</summary>
    public static void Refuses(string said, string why)
    {
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", said, StringComparison.Ordinal);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
