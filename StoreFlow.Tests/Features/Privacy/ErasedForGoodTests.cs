using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Tests.Features.Privacy;

/// <summary>Erasing is the only door through what never changes: plain SQL on the file finds no other.</summary>
public sealed class ErasedForGoodTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private static readonly Dictionary<string, string> Marks = new()
    {
        ["customer_name"] = "'erased'",
        ["customer_email"] = "''",
        ["customer_phone"] = "NULL",
        ["shipping_name"] = "CASE WHEN shipping_name IS NOT NULL THEN 'erased' END",
        ["address_line1"] = "CASE WHEN address_line1 IS NOT NULL THEN 'erased' END",
        ["address_line2"] = "NULL",
        ["city"] = "CASE WHEN city IS NOT NULL THEN 'erased' END",
        ["region"] = "NULL",
        ["postal_code"] = "CASE WHEN postal_code IS NOT NULL THEN 'erased' END",
        ["tracking_code"] = "CASE WHEN tracking_code IS NOT NULL THEN 'erased' END",
        ["tracking_url"] = "NULL",
        ["note"] = "NULL",
        ["cancel_note"] = "NULL",
        ["shelf"] = "NULL",
        ["pickup_code"] = "NULL",
        ["erased_at"] = "1",
    };

    private static string Set(IEnumerable<KeyValuePair<string, string>> values) =>
        string.Join(", ", values.Select(value => $"{value.Key} = {value.Value}"));

    public static TheoryData<string> Columns
    {
        get
        {
            var columns = new TheoryData<string>();
            foreach (var (name, (type, sql)) in StoreFlow.Infrastructure.Migrator.NewestSchema.Value)
                if (type == "table" && name == "orders")
                {
                    using var db = new SqliteConnection("Data Source=:memory:");
                    db.Open();
                    db.Execute(sql);
                    foreach (var column in db.Query<string>("SELECT name FROM pragma_table_info('orders') WHERE name <> 'erased_at'"))
                        columns.Add(column);
                }
            return columns;
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task With_an_erasing_no_column_gets_another_value_than_its_mark(string column)
    {
        foreach (var (type, status) in new[] { ("shipping", "delivered"), ("pickup", "completed"), ("pickup", "cancelled") })
        {
            var id = (await app.OrderIn(status, type)).Number("id");
            using var db = app.OpenDatabase();
            var isNumber = TestDatabase.ColumnsOf(db, "orders")[column];
            var wrong = new Dictionary<string, string>(Marks) { [column] = isNumber ? "4711" : "'X'" };
            var fault = Assert.ThrowsAny<DbException>(() => db.Execute(
                $"UPDATE orders SET {Set(wrong)} WHERE id = @id", new { id }));
            Assert.Matches("erased whole|never changes|have to fit|FOREIGN KEY|foreign key", fault.Message);
        }
    }

    [Fact]
    public async Task The_same_without_another_value_passes_once()
    {
        var id = (await app.OrderIn("delivered", "shipping")).Number("id");
        using var db = app.OpenDatabase();
        Assert.Equal(1, db.Execute($"UPDATE orders SET {Set(Marks)} WHERE id = @id", new { id }));
        Assert.ThrowsAny<DbException>(() => db.Execute($"UPDATE orders SET {Set(Marks)} WHERE id = @id", new { id }));
    }

    [Theory]
    [InlineData("UPDATE orders SET customer_name = 'Mia Chen' WHERE id = @id")]
    [InlineData("UPDATE orders SET customer_name = 'Mia Chen', version = version + 1 WHERE id = @id")]
    [InlineData("UPDATE orders SET erased_at = NULL WHERE id = @id")]
    [InlineData("UPDATE orders SET erased_at = 2 WHERE id = @id")]
    [InlineData("UPDATE orders SET erased_at = NULL, customer_name = 'Mia Chen', version = version + 1 WHERE id = @id")]
    [InlineData("UPDATE orders SET total = total + 1, subtotal = subtotal + 1 WHERE id = @id")]
    [InlineData("UPDATE audit_log SET meta = '{}' WHERE entity_id = @id")]
    [InlineData("UPDATE audit_log SET meta = replace(meta, '}', ', \"reason\": \"another\"}') WHERE entity_id = @id")]
    [InlineData("UPDATE audit_log SET user_id = 2 WHERE entity_id = @id")]
    [InlineData("UPDATE audit_log SET created_at = 1 WHERE entity_id = @id")]
    [InlineData("DELETE FROM audit_log WHERE entity_id = @id")]
    [InlineData("DELETE FROM orders WHERE id = @id")]
    [InlineData("DELETE FROM merchant_log WHERE action = 'erased'")]
    public async Task What_is_erased_changes_no_more(string sql)
    {
        var id = (await app.OrderIn("delivered", "shipping")).Number("id");
        await app.As(StoreFlowApp.Owner).Post("/merchant/customers/erase", new { order_ids = new[] { id }, confirm = true });
        var before = await app.Traces(id);
        using var db = app.OpenDatabase();
        Assert.True(TestDatabase.IsRefusal(Assert.ThrowsAny<DbException>(() => db.Execute(sql, new { id }))));
        Assert.Equal(before, await app.Traces(id));
    }

    [Theory]
    [InlineData("accepted", "shipping")]
    [InlineData("shipped", "shipping")]
    [InlineData("ready", "pickup")]
    public async Task What_is_not_finished_cannot_be_erased(string status, string type)
    {
        var id = (await app.OrderIn(status, type)).Number("id");
        var before = await app.Traces(id);
        using var db = app.OpenDatabase();
        foreach (var version in new[] { "version", "version + 1" })
            Assert.Contains("after it is finished", Assert.ThrowsAny<DbException>(() => db.Execute(
                $"UPDATE orders SET {Set(Marks)}, version = {version} WHERE id = @id", new { id })).Message, StringComparison.Ordinal);
        Assert.Equal(before, await app.Traces(id));
    }

    [Fact]
    public async Task A_log_is_erased_with_its_order_only()
    {
        var id = (await app.OrderIn("delivered", "shipping")).Number("id");
        using var db = app.OpenDatabase();
        Assert.Contains("an audit row never changes", Assert.ThrowsAny<DbException>(() => db.Execute(
            "UPDATE audit_log SET meta = json_replace(meta, '$.tracking_code', 'erased') WHERE entity_id = @id", new { id })).Message,
            StringComparison.Ordinal);
    }
}
