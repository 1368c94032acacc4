using Dapper;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.ListOrders;

/// <summary>SQLite reads the board's orders from the index range of the store and the status, however large the store is.</summary>
[Trait("Engine", "Sqlite")]
public sealed class QueryPlanTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("pickup", null)]
    [InlineData(null, "Jo")]
    [InlineData("shipping", "李明")]
    public void The_board_reads_a_page_of_each_status_from_the_index_without_sorting(string? type, string? search)
    {
        var plan = Plan(new OrderQuery { StoreId = 1, UserId = 1, Statuses = Lifecycle.Active, Type = Type(type), Search = search });

        var page = Assert.Single(plan, step => step.Detail.Contains("idx_orders_store_status", StringComparison.Ordinal));
        Assert.EndsWith("INDEX idx_orders_store_status (store_id=? AND status=? AND rowid<?)", page.Detail);
        // The index already gives the newest first. Only the ids of one page of each status are sorted.
        Assert.DoesNotContain(plan, step => step.Parent == page.Parent && step.Detail.Contains("B-TREE", StringComparison.Ordinal));
        Assert.Single(plan, step => step.Detail.Contains("ORDER BY", StringComparison.Ordinal));
        WalksNoTable(plan);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("pickup")]
    public void A_search_asks_the_index_of_names_and_the_one_of_references(string? type)
    {
        var plan = Plan(new OrderQuery { StoreId = 1, UserId = 1, Statuses = Lifecycle.Active, Type = Type(type), Search = "Chen" });

        // This is SQLite's name for a full-text match.
        Assert.Contains(plan, step => step.Detail.StartsWith("SCAN s VIRTUAL TABLE INDEX", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Detail.Contains("(public_id>? AND public_id<?)", StringComparison.Ordinal));
        // The store's index only gives the oldest order of each status, where the search may end. Through it, SQLite would read
        // the whole store.
        Assert.DoesNotContain(plan, step =>
            step.Detail.StartsWith("SEARCH o USING INDEX idx_orders_store_status", StringComparison.Ordinal));
        WalksNoTable(plan);
    }

    [Fact]
    public void All_active_statuses_are_asked_for_by_name()
    {
        using var db = app.OpenDatabase();
        var sql = new OrderQuery { StoreId = 1, UserId = 1, Statuses = Lifecycle.Active }.Sql(db);
        foreach (var costly in new[] { "OFFSET", "COUNT(", "NOT IN" })
            Assert.DoesNotContain(costly, sql, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            [
                OrderStatus.Pending, OrderStatus.Accepted, OrderStatus.InProgress,
                OrderStatus.Packing, OrderStatus.Ready, OrderStatus.Shipped,
            ],
            Lifecycle.Active.Order());
    }

    private static void WalksNoTable(List<Step> plan) => Assert.All(
        plan.Where(step => step.Detail.StartsWith("SCAN", StringComparison.Ordinal)),
        step => Assert.Matches("VIRTUAL TABLE|^SCAN (CONSTANT ROW|named|referenced)", step.Detail));

    private List<Step> Plan(OrderQuery query)
    {
        using var db = app.OpenDatabase();
        return db.Query<Step>($"EXPLAIN QUERY PLAN {query.Sql(db)}", query.Parameters(db)).AsList();
    }

    private static FulfilmentType? Type(string? name) => name is null ? null : Names.Find<FulfilmentType>(name);

    private sealed record Step
    {
        public long Id { get; init; }
        public long Parent { get; init; }
        public required string Detail { get; init; }
    }
}
