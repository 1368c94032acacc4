using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>The database itself refuses (section 2 of the contract): plain SQL on the file, without any slice.</summary>
public sealed class WhatNeverChangesTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string OnlySqlite = "Only SQLite has INSERT OR REPLACE.";

    public static TheoryData<string, object?> Frozen => new()
    {
        { "id", 4711 }, { "public_id", "00000000000000000000000000" }, { "merchant_id", 2 }, { "store_id", 2 },
        { "fulfilment_type", "pickup" }, { "currency", "USD" }, { "subtotal", 1 }, { "shipping_cost", 1 }, { "total", 1 },
        { "customer_name", "X" }, { "customer_email", "x@example.com" }, { "customer_phone", null },
        { "shipping_method", "express" }, { "shipping_name", "X" }, { "address_line1", "X" }, { "address_line2", "X" },
        { "city", "X" }, { "region", "X" }, { "postal_code", "1" }, { "country", "FR" }, { "note", "X" }, { "created_at", 1 },
        { "pickup_at", 1 }, { "pickup_code", "0000" }, { "source", "counter" }, { "own_courier", 1 },
        { "language", "fr" },
    };

    [Theory]
    [MemberData(nameof(Frozen))]
    public async Task No_column_of_the_checkout_can_be_changed(string column, object? value) =>
        await Refused(
            "shipping", "accepted", $"UPDATE orders SET {column} = @value, version = version + 1 WHERE id = @id",
            "an order's snapshot never changes", value);

    [Fact]
    public void Every_column_of_an_order_is_either_frozen_or_moved_by_a_step()
    {
        using var db = app.OpenDatabase();
        var columns = TestDatabase.ColumnsOf(db, "orders").Keys;
        string[] moved =
        [
            "status", "shipping_status", "version", "tracking_code", "tracking_url", "accepted_at", "started_at", "ready_at",
            "completed_at", "cancelled_at", "cancel_reason", "cancel_note", "promised_at", "shelf",
        ];
        string[] erased = ["erased_at"]; // ErasedForGoodTests
        Assert.Equal(columns.Order(), Frozen.Select(row => (string)row[0]!).Concat(moved).Concat(erased).Order());
    }

    [SkippableTheory]
    [InlineData("UPDATE order_items SET unit_price = 1 WHERE order_id = @id", "never change")]
    [InlineData("UPDATE order_items SET quantity = 1 WHERE order_id = @id", "never change")]
    [InlineData("UPDATE order_items SET name = 'X' WHERE order_id = @id", "never change")]
    [InlineData("DELETE FROM order_items WHERE order_id = @id", "never deleted")]
    [InlineData(
        "INSERT INTO order_items SELECT order_id, 9, product_id, sku, name, 1, quantity FROM order_items WHERE order_id = @id",
        "never change")]
    [InlineData(
        "INSERT OR REPLACE INTO order_items " +
        "SELECT order_id, position, product_id, sku, name, 1, quantity FROM order_items WHERE order_id = @id",
        "never")]
    [InlineData("UPDATE audit_log SET user_id = 2 WHERE entity_id = @id", "never changes")]
    [InlineData("UPDATE audit_log SET meta = '{}' WHERE entity_id = @id", "never changes")]
    [InlineData("DELETE FROM audit_log WHERE entity_id = @id", "never deleted")]
    [InlineData(
        "INSERT OR REPLACE INTO audit_log " +
        "SELECT id, merchant_id, store_id, sequence, 2, entity, entity_id, action, version, meta, 1 " +
        "FROM audit_log WHERE entity_id = @id",
        "sequence grows by one")]
    [InlineData(
        "INSERT OR REPLACE INTO audit_log " +
        "SELECT NULL, merchant_id, store_id, sequence, 2, entity, entity_id, action, version, meta, 1 " +
        "FROM audit_log WHERE entity_id = @id",
        "sequence grows by one")]
    [InlineData(
        "INSERT INTO audit_log " +
        "SELECT NULL, merchant_id, store_id, (SELECT MAX(sequence) + 2 FROM audit_log WHERE store_id = 1), " +
        "user_id, entity, entity_id, action, 99, meta, 1 FROM audit_log WHERE entity_id = @id LIMIT 1",
        "sequence grows by one")]
    [InlineData(
        "INSERT INTO audit_log " +
        "SELECT NULL, merchant_id, store_id, (SELECT MAX(sequence) + 1 FROM audit_log WHERE store_id = 1), " +
        "user_id, entity, entity_id, action, version, meta, 1 FROM audit_log WHERE entity_id = @id LIMIT 1",
        "a version has one audit row")]
    [InlineData("DELETE FROM orders WHERE id = @id", "never deleted")]
    [InlineData("INSERT OR REPLACE INTO orders SELECT * FROM orders WHERE id = @id", "starts at the first status")]
    [InlineData("UPDATE orders SET status = 'packing' WHERE id = @id", "version only grows by one")]
    [InlineData("UPDATE orders SET status = 'packing', version = version + 2 WHERE id = @id", "version only grows by one")]
    [InlineData("UPDATE orders SET status = 'packing', version = version - 1 WHERE id = @id", "version only grows by one")]
    [InlineData("UPDATE orders SET status = 'ready', version = version + 1 WHERE id = @id", "FOREIGN KEY")]
    [InlineData("UPDATE orders SET status = 'in_progress', version = version + 1 WHERE id = @id", "FOREIGN KEY")]
    [InlineData("UPDATE orders SET status = 'completed', version = version + 1 WHERE id = @id", "FOREIGN KEY")]
    [InlineData("UPDATE orders SET status = 'lost', version = version + 1 WHERE id = @id", "FOREIGN KEY")]
    [InlineData(
        "UPDATE orders SET status = 'shipped', shipping_status = 'shipped', version = version + 1 WHERE id = @id",
        "have to fit the status")]
    [InlineData(
        "UPDATE orders SET status = 'delivered', shipping_status = 'delivered', version = version + 1 WHERE id = @id",
        "have to fit the status")]
    [InlineData(
        "UPDATE orders SET status = 'shipped', tracking_code = '1Z', version = version + 1 WHERE id = @id",
        "have to fit the status")]
    [InlineData("UPDATE orders SET shipping_status = 'shipped', version = version + 1 WHERE id = @id", "have to fit the status")]
    public Task Is_refused_on_an_accepted_shipping_order(string sql, string why)
    {
        Skip.If(TestDatabase.IsPostgres && sql.Contains("OR REPLACE", StringComparison.Ordinal), OnlySqlite);
        return Refused("shipping", "accepted", sql, why);
    }

    [Theory]
    [InlineData("pickup", "pending", "packing", "FOREIGN KEY")]
    [InlineData("pickup", "ready", "shipped", "FOREIGN KEY")]
    [InlineData("pickup", "ready", "delivered", "FOREIGN KEY")]
    [InlineData("pickup", "completed", "ready", "nothing leaves a terminal status")]
    [InlineData("pickup", "completed", "completed", "nothing leaves a terminal status")]
    [InlineData("shipping", "delivered", "shipped", "nothing leaves a terminal status")]
    [InlineData("shipping", "delivered", "delivered", "nothing leaves a terminal status")]
    public Task A_status_is_refused(string type, string from, string to, string why) =>
        Refused(type, from, "UPDATE orders SET status = @value, version = version + 1 WHERE id = @id", why, to);

    [Fact]
    public Task A_shipped_order_does_not_lose_its_tracking_code() =>
        Refused(
            "shipping", "shipped",
            "UPDATE orders SET tracking_code = NULL, version = version + 1 WHERE id = @id", "have to fit the status");

    [SkippableFact]
    public async Task INSERT_OR_REPLACE_is_refused_also_where_recursive_triggers_are_off()
    {
        Skip.If(TestDatabase.IsPostgres, OnlySqlite);
        var order = await app.OrderIn("accepted");
        using var db = new SqliteConnection($"Data Source={Path.Combine(app.Folder, "storeflow.db")};Pooling=False");
        db.Open();
        foreach (var table in new[] { "orders WHERE id", "order_items WHERE order_id", "audit_log WHERE entity_id" })
            Assert.Equal(19, Assert.Throws<SqliteException>(() => db.Execute(
                $"INSERT OR REPLACE INTO {table.Split(' ')[0]} SELECT * FROM {table} = {order.Number("id")}")).SqliteErrorCode);
    }

    /// <summary>Runs SQL that must be refused for this reason, and checks that it left nothing behind.</summary>
    private async Task Refused(string type, string status, string sql, string why, object? value = null)
    {
        var id = (await app.OrderIn(status, type)).Number("id");
        using var db = app.OpenDatabase();
        var before = Everything();

        var refused = Assert.ThrowsAny<DbException>(() => db.Execute(sql, new { id, value }));

        Assert.True(TestDatabase.IsRefusal(refused), refused.Message);
        Assert.Contains(why, refused.Message, why is "FOREIGN KEY" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        Assert.Equal(before, Everything());

        string Everything() => string.Join('\n', new[] { "orders", "order_items", "audit_log" }
            .SelectMany(table => db.Query($"SELECT * FROM {table}").Select(row => string.Join('|', (IDictionary<string, object>)row))));
    }
}
