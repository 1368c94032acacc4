using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>
/// Fills a file that the server has made with orders as they come to be, past its front but not past its triggers:
/// each placed pending with its items and its audit row, and every fifth then taken through all its steps. The
/// newest fifty of a store stay pending: they are its board.
/// </summary>
internal sealed class Seed(SqliteConnection db, int orders, int stores) : IDisposable
{
    private const int Board = 50;
    private const int ToACommit = 10_000;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static readonly string[] Pickup = ["accepted", "in_progress", "ready", "completed"];
    private static readonly string[] Shipping = ["accepted", "packing", "shipped", "delivered"];

    private readonly Random _random = new(20261123);
    private readonly Prepared _order = new(db, OrderSql, "@public_id", "@store", "@type", "@shipping", "@cost", "@name", "@email", "@method", "@now");
    private readonly Prepared _item = new(db, ItemSql, "@order", "@position", "@store");
    private readonly Prepared _audit = new(db, AuditSql, "@store", "@sequence", "@user", "@order", "@action", "@version", "@meta", "@now");
    private readonly Prepared _step = new(db, StepSql, "@to", "@now", "@id");

    public static void Fill(string file, int orders, int stores)
    {
        using var db = new SqliteConnection($"Data Source={file};Pooling=false");
        db.Open();
        Execute(db, "PRAGMA synchronous = OFF");
        Execute(db, "PRAGMA cache_size = -200000");
        MakeToken(db);
        MakeStores(db, stores);
        using (var seed = new Seed(db, orders, stores))
            seed.Fill();
        Execute(db, "PRAGMA optimize");
        Execute(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Dispose()
    {
        _order.Dispose();
        _item.Dispose();
        _audit.Dispose();
        _step.Dispose();
    }

    private static void MakeToken(SqliteConnection db)
    {
        using var token = new Prepared(db, "INSERT INTO api_tokens (user_id, name, token_hash, created_at) VALUES (1, 'bench', @hash, 0)", "@hash");
        token.Run(SHA256.HashData(Encoding.UTF8.GetBytes(Requests.Token)));
    }

    /// <summary>The demo shop's owner gets as many stores as wanted, each with the products and methods of the first.</summary>
    private static void MakeStores(SqliteConnection db, int stores) => Execute(db, $"""
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {stores})
        INSERT INTO stores (id, merchant_id, code, name, currency, created_at)
        SELECT n, 1, 'bench-' || n, 'Bench ' || n, 'EUR', 0 FROM number WHERE n > (SELECT MAX(id) FROM stores);

        INSERT INTO products (store_id, sku, name, price, created_at)
        SELECT s.id, p.sku, p.name, p.price, 0 FROM products p, stores s WHERE p.store_id = 1 AND s.code LIKE 'bench-%';

        INSERT INTO shipping_methods (store_id, code, name, price, created_at)
        SELECT s.id, m.code, m.name, m.price, 0 FROM shipping_methods m, stores s WHERE m.store_id = 1 AND s.code LIKE 'bench-%';
        """);

    private void Fill()
    {
        var reached = Column(db, $"SELECT id FROM stores WHERE merchant_id = 1 ORDER BY id LIMIT {stores}");
        var sequences = new long[reached.Count];
        var oldest = DateTimeOffset.UtcNow.AddDays(-90).ToUnixTimeMilliseconds();
        for (var i = 0; i < orders; i++)
        {
            if (i % ToACommit == 0)
                Execute(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN");
            var now = oldest + (long)i * 90 * 24 * 3600 * 1000 / orders;
            var store = i % reached.Count;
            var finished = i / reached.Count % 5 == 0 && i < orders - Board * reached.Count;
            Add(reached[store], ref sequences[store], ships: _random.Next(2) == 0, finished, now);
        }
        Execute(db, "COMMIT");
    }

    private void Add(long store, ref long sequence, bool ships, bool finished, long now)
    {
        var name = People.Name(_random);
        var publicId = string.Create(26, _random, static (text, random) => random.GetItems(Alphabet, text));
        var id = _order.Read<long>(publicId, store, ships ? "shipping" : "pickup", ships ? "pending" : null, ships ? 490 : 0,
            name, $"{name.Replace(' ', '.')}@example.com", ships ? "standard" : null, now);
        _item.Run(id, 0, store);
        _item.Run(id, 1, store);
        _audit.Run(store, ++sequence, null, id, "order_created", 1, """{"new_status":"pending","item_count":3}""", now);
        var status = "pending";
        foreach (var to in finished ? ships ? Shipping : Pickup : [])
        {
            _step.Run(to, now, id);
            _audit.Run(store, ++sequence, 1, id, "status_changed", 2 + Array.IndexOf(ships ? Shipping : Pickup, to),
                $$"""{"old_status":"{{status}}","new_status":"{{to}}"}""", now);
            status = to;
        }
    }

    internal static void Execute(SqliteConnection db, string sql)
    {
        using var command = new SqliteCommand(sql, db);
        command.ExecuteNonQuery();
    }

    internal static List<long> Column(SqliteConnection db, string sql)
    {
        using var command = new SqliteCommand(sql, db);
        using var reader = command.ExecuteReader();
        var values = new List<long>();
        while (reader.Read())
            values.Add(Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture));
        return values;
    }

    private const string OrderSql = """
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, currency, subtotal, shipping_cost, total,
                            customer_name, customer_email, shipping_method, shipping_name, address_line1, city, postal_code, country, created_at)
        VALUES (@public_id, 1, @store, @type, 'pending', @shipping, 'EUR', 1250, @cost, 1250 + @cost,
                @name, @email, @method, iif(@cost, @name, NULL), iif(@cost, 'Quay Street 5', NULL), iif(@cost, 'Hamburg', NULL),
                iif(@cost, '20457', NULL), iif(@cost, 'DE', NULL), @now)
        RETURNING id
        """;

    private const string ItemSql = """
        INSERT INTO order_items (order_id, position, product_id, sku, name, unit_price, quantity)
        SELECT @order, @position, id, sku, name, iif(@position, 290, 480), iif(@position, 1, 2)
          FROM products
         WHERE store_id = @store
         ORDER BY id
         LIMIT 1 OFFSET @position
        """;

    private const string AuditSql = """
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (1, @store, @sequence, @user, @order, @action, @version, @meta, @now)
        """;

    private const string StepSql = """
        UPDATE orders
           SET status = @to,
               shipping_status = CASE WHEN fulfilment_type = 'pickup' THEN NULL WHEN @to IN ('shipped', 'delivered') THEN @to ELSE 'pending' END,
               tracking_code = CASE WHEN @to IN ('shipped', 'delivered') THEN 'BENCH-' || id END,
               accepted_at = COALESCE(accepted_at, @now),
               ready_at = CASE WHEN @to IN ('ready', 'shipped') THEN @now ELSE ready_at END,
               completed_at = CASE WHEN @to IN ('completed', 'delivered') THEN @now END,
               version = version + 1
         WHERE id = @id
        """;
}
