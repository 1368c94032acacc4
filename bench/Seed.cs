using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>
/// Fills a file that the server has made: a token, stores and orders. It writes what the server would write, through the
/// triggers of the file, so it works with any schema that has the columns it names, and the search index is filled by its trigger.
/// </summary>
internal static class Seed
{
    private const int OrdersPerCommit = 10_000;

    /// <param name="file">A file with the benchmark's shop, not in use by a server.</param>
    /// <param name="orders">How many orders to add, spread over the stores and over the days.</param>
    /// <param name="stores">How many stores to spread them over.</param>
    /// <param name="stepsTaken">How many of its four steps an order has taken, by its number, which counts from 0.</param>
    /// <param name="days">How many days there are until now.</param>
    public static void Fill(string file, int orders, int stores, Func<int, int> stepsTaken, int days)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        // Nothing has to survive a crash here. In memory, the statement journals of so many triggers cost no system calls.
        connection.Execute("""
            PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -400000;
            PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = ON
            """);
        AddToken(connection);
        AddStores(connection, stores);
        AddOrders(connection, orders, stores, stepsTaken, days);
        connection.Execute("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void AddToken(SqliteConnection connection)
    {
        using var insert = new PreparedStatement(
            connection, "INSERT INTO api_tokens (user_id, name, token_hash, created_at) VALUES (1, 'bench', @hash, 0)", "@hash");
        insert.Execute(SHA256.HashData(Encoding.UTF8.GetBytes(Requests.Token)));
    }

    /// <summary>Adds stores up to the number, each with the products and shipping methods of the first.</summary>
    private static void AddStores(SqliteConnection connection, int stores) => connection.Execute($"""
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {stores})
        INSERT INTO stores (id, merchant_id, code, name, currency, created_at)
        SELECT n, 1, 'bench-' || n, 'Bench ' || n, 'EUR', 0 FROM number WHERE n > (SELECT MAX(id) FROM stores);

        INSERT INTO products (store_id, sku, name, price, created_at)
        SELECT s.id, p.sku, p.name, p.price, 0 FROM products p, stores s WHERE p.store_id = 1 AND s.code LIKE 'bench-%';

        INSERT INTO shipping_methods (store_id, code, name, price, created_at)
        SELECT s.id, m.code, m.name, m.price, 0 FROM shipping_methods m, stores s WHERE m.store_id = 1 AND s.code LIKE 'bench-%';
        """);

    private static void AddOrders(SqliteConnection connection, int orders, int stores, Func<int, int> stepsTaken, int days)
    {
        using var statements = new OrderStatements(connection);
        var random = new Random(20261123);
        var storeIds = connection.ReadColumn($"SELECT id FROM stores WHERE merchant_id = 1 ORDER BY id LIMIT {stores}");
        var span = TimeSpan.FromDays(days);
        var oldest = DateTimeOffset.UtcNow - span;
        for (var i = 0; i < orders; i++)
        {
            if (i % OrdersPerCommit == 0)
                connection.Execute(i == 0 ? "BEGIN" : "COMMIT; BEGIN");
            var now = (oldest + span * ((double)i / orders)).ToUnixTimeMilliseconds();
            var order = statements.Place(storeIds[i % storeIds.Count], ships: random.Next(2) == 0, random, now);
            for (var steps = stepsTaken(i); steps > 0; steps--)
                order = statements.Step(order, now);
        }
        connection.Execute("COMMIT");
    }
}
