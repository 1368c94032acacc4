using Dapper;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Features.LiveUpdates;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>Listeners of several stores, and customers, who come and go: each hears its own, beside all others.</summary>
public sealed class SeveralStoresTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task One_leaves_and_comes_back_and_everybody_has_heard_the_log()
    {
        var (first, second) = (app.LatestSequence(), app.LatestSequence(store: 2));
        var order = await app.PendingOrder(store: 2);
        using var customer = await EventStreamClient.Open(app, $"/customer/{order.Text("public_id")}/order/events");
        using var stays = await EventStreamClient.OfStore(app, 2, after: second);
        var seen = new List<long>();
        await using (var leaves = await LiveClient.OnStore(app, 1, after: first))
        {
            await app.PlaceOrders(3);
            seen.AddRange(Sequences(await leaves.Next(3)));
        }

        // Nobody listens to the first store, and more than a page happens in the second.
        await app.PlaceOrders(2);
        await app.PlaceOrders(600, store: 2);
        await app.Step(order, "accept");

        await using var back = await LiveClient.OnStore(app, 1, after: first + 3);
        await Task.WhenAll(app.PlaceOrders(600), app.PlaceOrders(600, store: 2));

        seen.AddRange(Sequences(await back.Next(602)));
        Assert.Equal(Log(app, store: 1, first), seen);
        var log = Log(app, store: 2, second);
        Assert.Equal(1 + 600 + 1 + 600, log.Count);
        Assert.Equal(log, (await stays.Next(log.Count)).Select(heard => heard.Id!.Value));
        Assert.Equal(["order", "OrderStatusUpdated"], (await customer.Next(2)).Select(heard => heard.Name));
    }

    [Fact]
    public async Task A_customer_hears_where_nobody_else_listens_to_the_store()
    {
        var order = await app.PendingOrder(store: 2);
        using var customer = await EventStreamClient.Open(app, $"/customer/{order.Text("public_id")}/order/events");
        await app.Step(order, "accept");
        await app.PendingOrder(store: 1);
        Assert.Equal(["order", "OrderStatusUpdated"], (await customer.Next(2)).Select(heard => heard.Name));
    }

    /// <summary>Otherwise each wake would read through the logs of all stores that are listened to.</summary>
    [Fact]
    [Trait("Engine", "Sqlite")]
    public async Task To_find_the_stores_with_news_is_one_look_into_an_index_for_each()
    {
        await app.PlaceOrders(1);
        var plan = app.Started().Services.GetRequiredService<Database>().Read(db => db.Query(
            $"EXPLAIN QUERY PLAN {Announcer.NewsSql}", new { positions = "{}" }).Select(row => (string)row.detail).ToList());
        Assert.Contains("SEARCH audit_log USING COVERING INDEX idx_audit_log_store_sequence (store_id=?)", plan);
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN audit_log", StringComparison.Ordinal));
    }

    private static IEnumerable<long> Sequences(List<(string Name, System.Text.Json.JsonElement Payload)> heard) =>
        heard.Select(one => one.Payload.Number("sequence"));

    private static List<long> Log(StoreFlowApp app, long store, long after)
    {
        using var db = app.OpenDatabase();
        return [.. db.Query<long>(
            "SELECT sequence FROM audit_log WHERE store_id = @store AND sequence > @after ORDER BY sequence", new { store, after })];
    }
}
