using Dapper;
using Npgsql;
using StoreFlow.Features.VerifyOrders;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Features.Webhooks;
using StoreFlow.Tests.Pages;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Postgres;

/// <summary>Three nodes whose clocks are an hour apart from each other, as where nobody keeps the machines' time.</summary>
public sealed class ClocksApartTests : IDisposable
{
    private readonly ITestOutputHelper _output;
    private readonly Nodes _nodes = new();
    private readonly StoreFlowApp _behind;
    private readonly StoreFlowApp _right;
    private readonly StoreFlowApp _ahead;

    public ClocksApartTests(ITestOutputHelper output)
    {
        _output = output;
        _behind = _nodes.Start(new ApartClock(TimeSpan.FromHours(-1)));
        _right = _nodes.Start();
        _ahead = _nodes.Start(new ApartClock(TimeSpan.FromHours(1)));
    }

    [SkippableFact(Timeout = 10 * 60_000)]
    public async Task The_log_is_in_the_order_of_the_commits_and_not_of_the_times()
    {
        _output.WriteLine($"STOREFLOW_SEED={NodeLoad.Seed}");
        var (addresses, next) = (new[] { _behind.Address, _right.Address, _ahead.Address }, 0);
        await using var load = new NodeLoad(
            _nodes.Database, () => addresses[(uint)Interlocked.Increment(ref next) % addresses.Length],
            addresses.Select(address => (Func<Uri?>)(() => address)));
        for (var i = 0; i < Effort.Of(1, 30); i++)
            await load.GoesOn(150, "The crowd got no answers.");
        await load.IsWhole();

        using var db = Open();
        var backwards = db.ExecuteScalar<long>("""
            SELECT COUNT(*)
              FROM (SELECT created_at - LAG(created_at) OVER (PARTITION BY store_id ORDER BY sequence) AS passed FROM audit_log) l
             WHERE passed < -3000000
            """);
        Assert.True(backwards > 10, "The clocks were not apart.");
        _output.WriteLine($"{load.Crowd.Ledger.Acknowledged} steps acknowledged; by their times {backwards} came before the one before.");
    }

    [SkippableFact]
    public async Task Steps_of_one_order_follow_each_other_whatever_the_clocks_say()
    {
        var order = await _ahead.PendingOrder();
        order = await _behind.Step(order, "accept");
        order = await _right.Step(order, "start-preparation");
        order = await _behind.Step(order, "mark-ready");
        order = await _ahead.Step(order, "complete");
        Assert.Equal((5, "completed"), (order.Number("version"), order.Text("status")));
        Assert.True(order.GetProperty("accepted_at").GetDateTimeOffset() < order.GetProperty("created_at").GetDateTimeOffset());
        foreach (var node in new[] { _behind, _right, _ahead })
        {
            var (_, history) = await node.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}/history");
            Assert.Equal(
                [1L, 2, 3, 4, 5], history.GetProperty("entries").EnumerateArray().Select(entry => entry.Number("version")).Order());
        }
        Assert.Empty(CommandDatabase.Find(new Settings { Database = _nodes.Database }).Read(Verification.Run).Shown);
    }

    [SkippableTheory]
    [InlineData(70, true)] // hours; a key is kept for 72
    [InlineData(74, false)]
    public async Task An_idempotency_key_holds_on_all_nodes_and_ends_on_all(int age, bool holds)
    {
        var first = await Place(_behind);
        Assert.Equal(first, await Place(_ahead));
        Assert.Equal(first, await Place(_right));
        using (var db = Open())
            Assert.Equal(1, db.Execute(
                "UPDATE idempotency_keys SET created_at = @at",
                new { at = DateTimeOffset.UtcNow.AddHours(-age).ToUnixTimeMilliseconds() }));
        foreach (var node in new[] { _behind, _right, _ahead })
            if (holds)
                Assert.Equal(first, await Place(node));
            else
                Assert.NotEqual(first, await Place(node));

        async Task<string> Place(StoreFlowApp node)
        {
            var customer = node.As(null);
            customer.DefaultRequestHeaders.Add("Idempotency-Key", "apart");
            var (status, placed) = await customer.Post("/checkout", Scenarios.CheckoutBody());
            Assert.Equal(201, status);
            return placed.Text("public_id");
        }
    }

    [SkippableFact]
    public async Task Who_signs_in_by_one_clock_is_in_by_the_others_and_out_by_all()
    {
        foreach (var (there, elsewhere) in new[] { (_ahead, _behind), (_behind, _ahead) })
        {
            using var answer = await there.SignIn("owner@demo.example", SessionClient.Password);
            var sessions = new[] { there, _right, elsewhere }.Select(node => node.WithCookie(answer.SessionCookie())).ToList();
            foreach (var session in sessions)
                Assert.Equal(200, (await session.Get("/stores/1/orders")).Status);
            await sessions[2].SignOut();
            foreach (var session in sessions)
                Assert.Equal(401, (await session.Get("/stores/1/orders")).Status);
        }
    }

    [SkippableFact]
    public async Task What_one_node_would_send_an_hour_later_the_one_that_follows_it_sends_now()
    {
        await using var receiver = await Receiver.Start();
        receiver.Answers(_ => 500);
        await Nodes.Owner(_behind, _right, _ahead);
        if (!Nodes.Owns(_ahead))
            await EndAllBut(_ahead);
        Assert.Same(_ahead, await Nodes.Owner(_ahead));
        var (status, hook) = await _ahead.As(StoreFlowApp.Owner).Post(
            "/webhooks", new { url = receiver.Url, events = new[] { "OrderCreated" } });
        Assert.True(status == 201, hook.ToString());
        await _ahead.PendingOrder();
        await Eventually.Holds(() => receiver.Heard.Count > 0, "Nothing was sent.");

        receiver.Answers(_ => 200);
        var follower = _nodes.Start(new ApartClock(TimeSpan.FromHours(-1)));
        await EndAllBut(follower);
        await Eventually.Holds(() => receiver.Heard.Count > 1, "What was to be tried again is not.");
        Assert.Single(receiver.Heard.Select(message => message.Id).Distinct());
    }

    private async Task EndAllBut(StoreFlowApp node)
    {
        foreach (var other in new[] { _behind, _right, _ahead })
            if (other != node)
                await other.DisposeAsync();
    }

    private NpgsqlConnection Open() => TestPostgres.Open(_nodes.Database);

    private sealed class ApartClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    public void Dispose() => _nodes.Dispose();
}
