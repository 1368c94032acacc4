using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A program that reads and never ends keeps the WAL from being emptied: writes go on and it grows, for the orders in
/// it have to be somewhere. Once that reader is gone, the WAL shrinks by itself.
/// </summary>
public sealed class StuckReaderTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const int Bound = 64 * 1024 * 1024; // bytes

    [Fact]
    public async Task The_WAL_grows_past_a_stuck_reader_only_and_shrinks_when_it_is_gone()
    {
        await app.PlaceOrders(1);
        using var stuck = SqliteDatabase.Open(Path.Combine(app.Folder, "storeflow.db"), readOnly: true);
        stuck.Execute("BEGIN");
        Assert.Equal(1, stuck.ExecuteScalar<long>("SELECT COUNT(*) FROM orders"));

        // As much as some ten thousand steps, by another program, so that it takes no minutes.
        using (var other = app.OpenDatabase())
        {
            other.Execute("CREATE TABLE ballast (bytes BLOB)");
            other.Execute("INSERT INTO ballast VALUES (zeroblob(@Size))", new { Size = Bound + 1024 * 1024 });
            other.Execute("DROP TABLE ballast");
        }
        await app.PlaceOrders(20);
        Assert.InRange(WalSize(), Bound, long.MaxValue);
        Assert.Equal(1, stuck.ExecuteScalar<long>("SELECT COUNT(*) FROM orders")); // it still sees what it saw

        stuck.Execute("COMMIT");
        await Eventually.Holds(async () =>
        {
            await app.PlaceOrders(1);
            return WalSize() < Bound;
        }, "The WAL did not shrink.");
        Assert.Equal(200, (await app.As(null).Get("/readyz")).Status);
    }

    private long WalSize() => new FileInfo(Path.Combine(app.Folder, "storeflow.db-wal")).Length;
}
