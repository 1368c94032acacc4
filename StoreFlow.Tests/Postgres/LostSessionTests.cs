using Dapper;

namespace StoreFlow.Tests.Postgres;

/// <summary>PostgreSQL ends a session of a node, as an administrator or a firewall does, and is there all the same.</summary>
public sealed class LostSessionTests
{
    /// <summary>The session that hears of commits; it holds the lock of the background work.</summary>
    private const string ListeningSql = """
        SELECT l.pid
          FROM pg_locks l
          JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
         WHERE l.locktype = 'advisory' AND l.granted AND l.objid = 1701803886
        """;

    [SkippableFact]
    public async Task Requests_and_events_go_on_where_only_the_session_that_hears_of_commits_is_lost()
    {
        using var nodes = new Nodes();
        var node = nodes.Start();
        await Nodes.Owner(node);
        using var events = await EventStreamClient.OfStore(node, 1);
        using var db = TestPostgres.Open(nodes.Database);
        var staff = node.As(StoreFlowApp.Owner);
        for (var time = 0; time < 3; time++)
        {
            var lost = db.QuerySingle<int>(ListeningSql);
            Assert.True(db.ExecuteScalar<bool>("SELECT pg_terminate_backend(@lost)", new { lost }));
            var statuses = new List<int>();
            await Eventually.Holds(async () =>
            {
                statuses.Add((await staff.Get("/stores/1/orders")).Status);
                return db.QuerySingleOrDefault<int?>(ListeningSql) is { } listening && listening != lost && Nodes.Owns(node);
            }, "The node does not listen again.");
            Assert.All(statuses, status => Assert.Equal(200, status));

            var order = await node.PendingOrder();
            Assert.Equal(order.Number("id"), (await events.Next()).Payload.Number("order_id"));
        }
    }
}
