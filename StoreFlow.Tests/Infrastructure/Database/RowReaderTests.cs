using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>What is read by place is what Dapper reads by name: no column lands in another's property.</summary>
public sealed class RowReaderTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("completed", "pickup")]
    [InlineData("pending", "shipping")]
    [InlineData("shipped", "shipping")]
    [InlineData("delivered", "shipping")]
    public async Task An_order_and_its_items(string status, string type)
    {
        var order = await app.OrderIn(status, type);
        using var db = app.OpenDatabase();
        var id = order.Number("id");
        var byName = db.QuerySingle<Order>($"SELECT {Order.Columns} FROM orders WHERE id = @id", new { id });
        Assert.Equal(byName, db.QueryRow($"SELECT {Order.Columns} FROM orders WHERE id = @id", new { id }, Order.Read));
        Assert.Equal(
            db.Query<OrderItem>($"SELECT {OrderItem.Columns} FROM order_items WHERE order_id = @id ORDER BY position", new { id }),
            OrderItem.Of(db, id));
    }

    [Fact]
    public void A_column_that_is_null_where_a_text_is_needed_is_no_text()
    {
        using var db = app.OpenDatabase();
        Assert.Throws<InvalidOperationException>(() => db.QueryRow("SELECT NULL", null, row => row.Text(0)));
    }

    [Fact]
    public void A_query_for_one_row_with_two_fails()
    {
        using var db = app.OpenDatabase();
        Assert.Throws<InvalidOperationException>(() => db.QueryRow("SELECT 'a' UNION ALL SELECT 'b'", null, row => row.Text(0)));
    }
}
