using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>A file full of orders, never run on itself: each measurement works on a copy, so all begin alike.</summary>
/// <param name="Path">The database file.</param>
/// <param name="Pending">The orders that steps may take on, in random order.</param>
/// <param name="Stores">The stores that have orders.</param>
/// <param name="Products">Two products of each store.</param>
/// <param name="Orders">How many orders there are; their ids are 1 to this.</param>
internal sealed record SeededFile(
    string Path, IReadOnlyList<SeededFile.Order> Pending, IReadOnlyList<long> Stores, IReadOnlyDictionary<long, long[]> Products, int Orders)
{
    public readonly record struct Order(long Id, long Store, bool Ships);

    /// <summary>Lets the server make the file with its own migrations and command, then fills it.</summary>
    public static async Task<SeededFile> Make(StoreFlowServer program, string folder, int orders, int stores)
    {
        Directory.CreateDirectory(folder);
        await program.ImportShop(folder);
        var file = System.IO.Path.Combine(folder, StoreFlowServer.FileName);
        Seed.Fill(file, orders, stores);

        using var db = new SqliteConnection($"Data Source={file};Pooling=false");
        db.Open();
        var pending = new List<Order>();
        using (var command = new SqliteCommand("SELECT id, store_id, fulfilment_type = 'shipping' FROM orders WHERE status = 'pending'", db))
        using (var reader = command.ExecuteReader())
            while (reader.Read())
                pending.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)));
        var mixed = pending.ToArray();
        new Random(20261123).Shuffle(mixed);
        var reached = Seed.Column(db, "SELECT DISTINCT store_id FROM orders");
        return new(file, mixed, reached, reached.ToDictionary(
            store => store,
            store => Seed.Column(db, $"SELECT id FROM products WHERE store_id = {store} ORDER BY id LIMIT 2").ToArray()), orders);
    }

    /// <summary>A copy in a folder of its own, safely on disk: else the first syncs of the measurement would have to write it.</summary>
    public string CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        var copy = System.IO.Path.Combine(folder, StoreFlowServer.FileName);
        File.Copy(Path, copy, overwrite: true);
        using var file = File.OpenWrite(copy);
        file.Flush(flushToDisk: true);
        return copy;
    }
}
