using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Time.Testing;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Postgres;

/// <summary>Who guesses has no more tries for asking several nodes, and none anew when a node starts again.</summary>
public sealed class SharedThrottleTests
{
    private const string Sam = "staff@demo.example";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow); // it stands still: no wait is over by itself

    [SkippableFact]
    public async Task Guesses_at_once_on_two_nodes_are_counted_together_and_a_node_that_starts_knows_them()
    {
        using var nodes = new Nodes();
        StoreFlowApp[] both = [nodes.Start(_time), nodes.Start(_time)];
        const string home = "203.0.113.1";
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Try(both[i % 2], "wrong", home))));
        Assert.Equal(6, statuses.Count(status => status == 401)); // five are free, and the sixth is the one to wait after
        Assert.All(statuses, status => Assert.Contains(status, new[] { 401, 429, 503 }));

        var third = nodes.Start(_time);
        foreach (var node in both.Append(third))
            Assert.Equal(429, await Try(node, SessionClient.Password, home));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(401, await Try(third, "wrong", home));
        Assert.Equal(429, await Try(both[0], SessionClient.Password, home));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(302, await Try(both[1], SessionClient.Password, home));
        for (var failure = 1; failure <= 6; failure++) // forgotten everywhere
            Assert.Equal(401, await Try(both[failure % 2], "wrong", home));
    }

    [SkippableFact]
    public async Task An_address_that_tries_one_account_after_the_other_meets_its_failures_on_each_node()
    {
        using var nodes = new Nodes();
        StoreFlowApp[] both = [nodes.Start(_time), nodes.Start(_time)];
        for (var failure = 1; failure <= 21; failure++)
            Assert.Equal(401, await Try(both[failure % 2], "wrong", "198.51.100.1", $"guess{failure}@demo.example"));
        foreach (var node in both)
            Assert.Equal(429, await Try(node, SessionClient.Password, "198.51.100.1"));
    }

    [SkippableFact]
    public async Task A_row_says_nothing_about_anybody_and_goes_when_it_counts_no_more()
    {
        using var nodes = new Nodes();
        var node = nodes.Start(_time);
        Assert.Equal(401, await Try(node, "wrong", "203.0.113.5"));
        Assert.Equal(401, await Try(node, "wrong", "203.0.113.5", "a password in the wrong field"));
        using var db = TestPostgres.Open(nodes.Database);
        var keys = db.Query<string>("SELECT key FROM failed_tries").AsList();
        Assert.Equal(4, keys.Count); // Sam, Sam from here, nobody from here, and the address
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{64}$", key));

        _time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(401, await Try(node, "wrong", "192.0.2.9", "guess@demo.example"));
        Assert.Empty(db.Query<string>("SELECT key FROM failed_tries").Intersect(keys));
    }

    [SkippableFact]
    public async Task Of_many_wrong_pickup_codes_at_once_on_two_nodes_five_are_compared()
    {
        using var nodes = new Nodes();
        StoreFlowApp[] both = [nodes.Start(_time), nodes.Start(_time)];
        var order = await both[0].OrderIn("ready");
        var code = (await both[0].As(null).Get($"/customer/{order.Text("public_id")}/order")).Body.Text("pickup_code");
        var wrong = code == "0000" ? "0001" : "0000";
        var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => Complete(both[i % 2], order, wrong))));
        Assert.Equal([.. Enumerable.Repeat(400, 5), .. Enumerable.Repeat(429, 27)], statuses.Order());
        Assert.Equal(429, await Complete(nodes.Start(_time), order, code));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, await Complete(both[1], order, code));
    }

    private static async Task<int> Complete(StoreFlowApp node, JsonElement order, string code) =>
        (await node.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/complete", new { pickup_code = code })).Status;

    private static async Task<int> Try(StoreFlowApp node, string password, string from, string email = Sam)
    {
        using var answer = await node.SignIn(email, password, from: from);
        return (int)answer.StatusCode;
    }
}
