using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>
/// The writes of checkout and steps in SQL, each with its audit row, as the server makes them but without its reads.
/// They use only columns that every version of the schema has, and go through its triggers.
/// </summary>
internal sealed class OrderStatements(SqliteConnection connection) : IDisposable
{
    private const string PublicIdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <param name="Status">The status of the order.</param>
    /// <param name="Columns">Which other columns the step to this status sets.</param>
    /// <param name="Meta">What its audit row says besides the statuses.</param>
    private sealed record Stage(string Status, string Columns = "", string Meta = "");

    private static readonly Stage[] PickupStages =
    [
        new("pending"),
        new("accepted", "accepted_at = @now,"),
        new("in_progress"),
        new("ready", "ready_at = @now,"),
        new("completed", "completed_at = @now,"),
    ];

    private static readonly Stage[] ShippingStages =
    [
        new("pending"),
        new("accepted", "accepted_at = @now,"),
        new("packing"),
        new(
            "shipped", "shipping_status = 'shipped', tracking_code = '1Z-999-AA1', ready_at = @now,",
            ""","shipping_status":"shipped","tracking_code":"1Z-999-AA1" """),
        new(
            "delivered", "shipping_status = 'delivered', completed_at = @now,",
            ""","shipping_status":"delivered","tracking_code":"1Z-999-AA1" """),
    ];

    private readonly PreparedStatement _insertOrder = new(
        connection, InsertOrderSql, "@public_id", "@store", "@type", "@shipping", "@cost", "@name", "@email", "@method", "@now");

    private readonly PreparedStatement _insertItem = new(connection, InsertItemSql, "@order", "@position", "@store");

    private readonly PreparedStatement _insertAudit = new(
        connection, InsertAuditSql, "@store", "@user", "@order", "@action", "@version", "@meta", "@now");

    private readonly (PreparedStatement Update, string Meta)[] _pickupSteps = PrepareSteps(connection, PickupStages);
    private readonly (PreparedStatement Update, string Meta)[] _shippingSteps = PrepareSteps(connection, ShippingStages);

    /// <summary>Inserts a pending order with two items and its audit row.</summary>
    public OpenOrder Place(long store, bool ships, Random random, long now)
    {
        var name = CustomerNames.FullName(random);
        var publicId = new string(random.GetItems<char>(PublicIdAlphabet, 26));
        var id = _insertOrder.ExecuteScalar<long>(
            publicId, store, ships ? "shipping" : "pickup", ships ? "pending" : null, ships ? 490 : 0,
            name, $"{name.Replace(' ', '.')}@example.com", ships ? "standard" : null, now);
        _insertItem.Execute(id, 0, store);
        _insertItem.Execute(id, 1, store);
        _insertAudit.Execute(store, null, id, "order_created", 1, """{"new_status":"pending","item_count":3}""", now);
        return new(id, store, ships, Version: 1);
    }

    /// <summary>Takes an order one step further and writes the audit row.</summary>
    /// <returns>The order after the step.</returns>
    public OpenOrder Step(OpenOrder order, long now)
    {
        var (update, meta) = (order.Ships ? _shippingSteps : _pickupSteps)[order.Version - 1];
        if (update.Execute(order.Id, order.Version, now) != 1)
            throw new InvalidOperationException($"Order {order.Id} is not at version {order.Version}.");
        var after = order with { Version = order.Version + 1 };
        _insertAudit.Execute(order.Store, 1, order.Id, "status_changed", after.Version, meta, now);
        return after;
    }

    public void Dispose()
    {
        _insertOrder.Dispose();
        _insertItem.Dispose();
        _insertAudit.Dispose();
        foreach (var (update, _) in _pickupSteps.Concat(_shippingSteps))
            update.Dispose();
    }

    private static (PreparedStatement Update, string Meta)[] PrepareSteps(SqliteConnection connection, Stage[] stages) =>
    [
        .. stages.Zip(stages.Skip(1), (from, to) => (
            new PreparedStatement(
                connection,
                $"UPDATE orders SET status = '{to.Status}', {to.Columns} version = version + 1 WHERE id = @id AND version = @version",
                "@id", "@version", "@now"),
            $$"""{"old_status":"{{from.Status}}","new_status":"{{to.Status}}"{{to.Meta}}}""")),
    ];

    private const string InsertOrderSql = """
        INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, shipping_status, currency,
                            subtotal, shipping_cost, total, customer_name, customer_email, shipping_method,
                            shipping_name, address_line1, city, postal_code, country, created_at)
        VALUES (@public_id, 1, @store, @type, 'pending', @shipping, 'EUR', 1250, @cost, 1250 + @cost,
                @name, @email, @method, iif(@cost, @name, NULL), iif(@cost, 'Quay Street 5', NULL), iif(@cost, 'Hamburg', NULL),
                iif(@cost, '20457', NULL), iif(@cost, 'DE', NULL), @now)
        RETURNING id
        """;

    private const string InsertItemSql = """
        INSERT INTO order_items (order_id, position, product_id, sku, name, unit_price, quantity)
        SELECT @order, @position, id, sku, name, iif(@position, 290, 480), iif(@position, 1, 2)
          FROM products
         WHERE store_id = @store
         ORDER BY id
         LIMIT 1 OFFSET @position
        """;

    private const string InsertAuditSql = """
        INSERT INTO audit_log (merchant_id, store_id, sequence, user_id, entity_id, action, version, meta, created_at)
        VALUES (1, @store, (SELECT 1 + COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @store),
                @user, @order, @action, @version, @meta, @now)
        """;
}
