using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>A database file full of orders. No server runs on it: each measurement works on a copy, so all start alike.</summary>
/// <param name="Path">The database file.</param>
/// <param name="Open">The orders that have steps to take, by id.</param>
/// <param name="Stores">The stores that have orders.</param>
/// <param name="Products">The first two products of each store.</param>
/// <param name="Orders">How many orders there are. Their ids are 1 to this number.</param>
internal sealed record SeededFile(
    string Path, IReadOnlyList<OpenOrder> Open, IReadOnlyList<long> Stores, IReadOnlyDictionary<long, long[]> Products, int Orders)
{
    private const int Board = 50;
    private const int StepsToAnOrder = 4;

    /// <summary>The pending orders, in random order.</summary>
    public IReadOnlyList<OpenOrder> PendingShuffled { get; } = Shuffle(Open.Where(order => order.Version == 1));

    /// <summary>Four fifths of the orders are pending, the newest fifty of each store among them; the others are finished.</summary>
    public static Task<SeededFile> CreateMostlyOpenAsync(StoreFlowServer server, string folder, int orders, int stores) => CreateAsync(
        server, folder, orders, stores, number => number / stores % 5 == 0 && number < orders - Board * stores ? StepsToAnOrder : 0);

    /// <summary>All orders are pending.</summary>
    public static Task<SeededFile> CreatePendingAsync(StoreFlowServer server, string folder, int orders, int stores) =>
        CreateAsync(server, folder, orders, stores, _ => 0);

    /// <summary>A shop with 100,000 finished orders and the 300 open ones of <see cref="OrderWindow"/>: the older, the further.</summary>
    public static Task<SeededFile> CreateDayAsync(StoreFlowServer server, string folder)
    {
        const int Finished = 100_000;
        const int OpenAtEachStep = OrderWindow.OpenOrders / StepsToAnOrder;
        return CreateAsync(server, folder, Finished + OrderWindow.OpenOrders, stores: 2, number =>
            number < Finished ? StepsToAnOrder : StepsToAnOrder - 1 - (number - Finished) / OpenAtEachStep);
    }

    /// <summary>One store with a year of 300 orders a day, all of them finished.</summary>
    public static Task<SeededFile> CreateYearAsync(StoreFlowServer server, string folder) =>
        CreateAsync(server, folder, 365 * 300, stores: 1, _ => StepsToAnOrder, days: 365);

    /// <summary>One store with 300 open orders, twenty of them new.</summary>
    public static Task<SeededFile> CreateBoardAsync(StoreFlowServer server, string folder) =>
        CreateAsync(server, folder, 300, stores: 1, number => number < 20 ? 0 : 1 + number % 3);

    /// <summary>Copies the file into a folder and syncs it: otherwise the first syncs of the measurement would write it.</summary>
    public string CopyTo(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var copy = System.IO.Path.Combine(folder, StoreFlowServer.FileName);
        File.Copy(Path, copy);
        using var file = File.OpenWrite(copy);
        file.Flush(flushToDisk: true);
        return copy;
    }

    /// <summary>The server makes the file with its own migrations and import command; then it is filled.</summary>
    private static async Task<SeededFile> CreateAsync(
        StoreFlowServer server, string folder, int orders, int stores, Func<int, int> stepsTaken, int days = 90)
    {
        Directory.CreateDirectory(folder);
        var file = System.IO.Path.Combine(folder, StoreFlowServer.FileName);
        if (!File.Exists(file))
        {
            await server.ImportShopAsync(folder);
            await Task.Run(() => Seed.Fill(file, orders, stores, stepsTaken, days));
        }

        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        var storeIds = connection.ReadColumn("SELECT DISTINCT store_id FROM orders");
        var products = storeIds.ToDictionary(
            store => store,
            store => connection.ReadColumn($"SELECT id FROM products WHERE store_id = {store} ORDER BY id LIMIT 2").ToArray());
        return new(file, ReadOpen(connection), storeIds, products, orders);
    }

    private static List<OpenOrder> ReadOpen(SqliteConnection connection)
    {
        const string Sql = """
            SELECT id, store_id, fulfilment_type = 'shipping', version
              FROM orders
             WHERE status NOT IN ('completed', 'delivered')
             ORDER BY id
            """;
        using var command = new SqliteCommand(Sql, connection);
        using var reader = command.ExecuteReader();
        var open = new List<OpenOrder>();
        while (reader.Read())
            open.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetInt32(3)));
        return open;
    }

    private static OpenOrder[] Shuffle(IEnumerable<OpenOrder> orders)
    {
        var shuffled = orders.ToArray();
        new Random(20261123).Shuffle(shuffled);
        return shuffled;
    }
}
