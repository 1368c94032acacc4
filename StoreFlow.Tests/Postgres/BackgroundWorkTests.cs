using Dapper;
using StoreFlow.Tests.Features.Webhooks;

namespace StoreFlow.Tests.Postgres;

/// <summary>Of several nodes one sends what is to be sent, and another follows it at once.</summary>
public sealed class BackgroundWorkTests
{
    [SkippableFact]
    public async Task Each_delivery_is_made_and_sent_once_whichever_node_takes_the_order()
    {
        using var nodes = new Nodes();
        var (first, second) = (nodes.Start(), nodes.Start());
        await using var receiver = await Receiver.Start();
        await Nodes.Owner(first, second);
        await Add(second, receiver);
        for (var i = 0; i < 10; i++)
            await Task.WhenAll(first.PendingOrder(), second.PendingOrder());
        await Hears(receiver, 20);
        await second.PendingOrder();
        await Hears(receiver, 21); // what was sent twice before would have come by now
        Assert.Equal(21, receiver.Heard.Count);
    }

    [SkippableFact]
    public async Task A_node_that_stops_is_followed_by_another()
    {
        using var nodes = new Nodes();
        var (first, second) = (nodes.Start(), nodes.Start());
        await using var receiver = await Receiver.Start();
        var owner = await Nodes.Owner(first, second);
        var other = owner == first ? second : first;
        await Add(other, receiver);
        await other.PendingOrder();
        await Hears(receiver, 1);

        await owner.DisposeAsync();
        await other.PendingOrder();
        await Hears(receiver, 2);
        Assert.True(Nodes.Owns(other));
        Assert.Equal(2, receiver.Heard.Select(message => message.Id).Distinct().Count());
    }

    [SkippableFact]
    public async Task A_node_whose_session_is_lost_stops_and_one_takes_over()
    {
        using var nodes = new Nodes();
        var (first, second) = (nodes.Start(), nodes.Start());
        await using var receiver = await Receiver.Start();
        var owner = await Nodes.Owner(first, second);
        var other = owner == first ? second : first;
        await Add(owner, receiver);

        using (var db = TestPostgres.Open(nodes.Database))
            Assert.Equal(1, db.ExecuteScalar<long>("""
                SELECT COUNT(pg_terminate_backend(l.pid))
                  FROM pg_locks l
                  JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
                 WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()
                """));
        await other.PendingOrder();
        await Hears(receiver, 1);
        await Eventually.Holds(() => Serves(owner), "The node does not come back.");
        await owner.PendingOrder();
        await Hears(receiver, 2);
        await Nodes.Owner(first, second);
        Assert.Equal(2, receiver.Heard.Count);
    }

    private static async Task<bool> Serves(StoreFlowApp node)
    {
        using var client = node.As(null);
        using var answer = await client.GetAsync("/readyz");
        return answer.IsSuccessStatusCode;
    }

    private static async Task Add(StoreFlowApp node, Receiver receiver)
    {
        var (status, hook) = await node.As(StoreFlowApp.Owner).Post(
            "/webhooks", new { url = receiver.Url, events = new[] { "OrderCreated" } });
        Assert.True(status == 201, hook.ToString());
    }

    private static Task Hears(Receiver receiver, int orders) => Eventually.Holds(
        () => receiver.Heard.Select(message => message.Order).Distinct().Count() >= orders, "Nothing comes.");
}
