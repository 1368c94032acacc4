using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>Receivers that are down or ask for time, and clocks that jump: nothing is lost, and the owner sees why it waits.</summary>
public sealed class WebhookFaultTests : IAsyncLifetime, IDisposable
{
    private readonly OpenApp _app = new();
    private Receiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.Start();

    public Task DisposeAsync() => _receiver.DisposeAsync().AsTask();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task After_a_day_away_it_is_told_everything_in_order_and_each_thing_once()
    {
        var hook = await Add();
        _receiver.Answers(_ => 503);
        var orders = new List<JsonElement>();
        for (var i = 0; i < 15; i++)
            orders.Add(await Accepted());
        await Until(() => Attempts(hook) > 0, "It is not tried.");
        Assert.Equal(JsonValueKind.String, Get(hook).GetProperty("failing_since").ValueKind);

        var taken = new ConcurrentQueue<Receiver.Message>();
        _app.Time.Advance(TimeSpan.FromDays(1));
        _receiver.Answers(message =>
        {
            taken.Enqueue(message);
            return 200;
        });
        await Until(() => Get(hook).GetProperty("failing_since").ValueKind is JsonValueKind.Null && taken.Count >= 30,
            "Not everything is told after the day.", step: 600);
        Assert.All(orders, order => Assert.Equal(
            ["OrderCreated 1", "OrderStatusUpdated 2"],
            taken.Where(message => message.Order == order.Number("id")).Select(message => message.Told)));
    }

    [Fact]
    public async Task What_a_receiver_that_is_down_has_to_wait_for_waits_in_the_log()
    {
        await Add();
        _receiver.Answers(_ => 500);
        for (var i = 0; i < 240; i++)
            await _app.PendingOrder();
        await Until(() => Count() >= 100, "Nothing is made.");
        for (var i = 0; i < 20; i++)
        {
            await _app.PendingOrder();
            _app.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(Count(), 100, 220);

        _receiver.Answers(_ => 200);
        await Until(() => _receiver.Heard.Select(message => message.Order).Distinct().Count() == 260, "Not everything comes.", step: 60);

        long Count()
        {
            using var db = _app.OpenDatabase();
            return db.ExecuteScalar<long>("SELECT COUNT(*) FROM deliveries");
        }
    }

    [Fact]
    public async Task Retry_After_holds_everything_for_that_receiver_and_nothing_for_another()
    {
        await using var other = await Receiver.Start();
        var (hook, _) = (await Add(), await Add(other));
        _receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = (int)HttpStatusCode.TooManyRequests;
            http.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        };
        var first = await _app.PendingOrder();
        await Until(() => Attempts(hook) == 1, "It is not tried.");
        var second = await _app.PendingOrder();
        await Until(() => other.Heard.Count == 2, "The other one is held as well.");
        Assert.Equal([first.Number("id")], _receiver.Heard.Select(message => message.Order));

        _receiver.Answers(_ => 200);
        await Until(() => Told(second).Count == 1 && Told(first).Count == 2, "It is not told after the hour.", step: 60);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_loses_nothing_and_sends_nothing_again_that_arrived()
    {
        var hook = await Add();
        var arrived = await _app.PendingOrder();
        await Until(() => Told(arrived).Count == 1, "It does not arrive.");
        _receiver.Answers(_ => 500);
        var waiting = await _app.PendingOrder();
        await Until(() => Attempts(hook) == 2, "It is not tried.");

        _app.Time.AdjustTime(_app.Time.GetUtcNow().AddDays(-2));
        _receiver.Answers(_ => 200);
        await Until(() => Told(waiting).Count > 1, "What waited is not tried.");
        var later = await _app.PendingOrder();
        await Until(() => Told(later).Count == 1, "What happens afterwards is not told.");
        Assert.Single(Told(arrived));
    }

    [Fact]
    public async Task What_cannot_be_made_into_a_message_is_a_try_like_any_other()
    {
        var hook = await Add();
        using (var db = _app.OpenDatabase())
            db.Execute("UPDATE webhooks SET url = 'no address at all'"); // as a damaged file might have it
        await _app.PendingOrder();
        await Until(() => Attempts(hook) == 1, "It is not shown.");
        var delivery = Deliveries(hook).Single();
        Assert.Contains("fault of this server", delivery.GetProperty("attempts")[0].Text("fault"), StringComparison.Ordinal);
        Assert.Equal("waiting", delivery.Text("status"));
    }

    [Fact]
    public async Task What_ended_ninety_days_ago_is_deleted_and_not_told_again()
    {
        var hook = await Add();
        var old = await _app.PendingOrder();
        await Until(() => Told(old).Count == 1, "It does not arrive.");
        _app.Time.Advance(TimeSpan.FromDays(89));
        await _app.PendingOrder();
        await Until(() => Deliveries(hook).Count(delivery => delivery.Text("status") == "sent") == 2, "The later one does not arrive.");

        _app.Time.Advance(TimeSpan.FromDays(2));
        await Until(() => Deliveries(hook).Count == 1, "The old one is still there.");
        Assert.Single(Told(old));
    }

    [Fact]
    public async Task A_receiver_that_wants_nothing_more_is_in_the_merchants_log()
    {
        var hook = await Add();
        _receiver.Answers(_ => 410);
        await _app.PendingOrder();
        await Until(() => !Get(hook).GetProperty("active").GetBoolean(), "It is not switched off.");
        var (_, log) = await _app.As(StoreFlowApp.Owner).Get("/merchant/log");
        var entry = log.GetProperty("entries").EnumerateArray().First();
        Assert.Equal(("switched_off", "StoreFlow"), (entry.Text("action"), entry.Text("actor")));
        Assert.Contains("410", entry.GetProperty("changes")[0].Text("after"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_are_twenty_at_most_and_the_stores_of_one_can_be_all_again()
    {
        for (var i = 0; i < 20; i++)
            await Add();
        var owner = _app.As(StoreFlowApp.Owner);
        var more = await owner.Post("/webhooks", new { url = _receiver.Url, events = new[] { "OrderCreated" } });
        more.Is(400, "invalid_request");
        var (_, list) = await owner.Get("/webhooks");
        Assert.Equal(20, list.GetProperty("webhooks").GetArrayLength());

        var path = $"/webhooks/{list.GetProperty("webhooks")[0].Number("id")}";
        Assert.Equal("[2]", (await owner.Patch(path, new { store_ids = new[] { 2 } })).Body.GetProperty("store_ids").GetRawText());
        (await owner.Patch(path, new { store_ids = new[] { 1 }, all_stores = true })).Is(400, "invalid_request");
        Assert.Equal("null", (await owner.Patch(path, new { all_stores = true })).Body.GetProperty("store_ids").GetRawText());
    }

    private async Task<long> Add(Receiver? receiver = null)
    {
        var (status, hook) = await _app.As(StoreFlowApp.Owner).Post(
            "/webhooks", new { url = (receiver ?? _receiver).Url, events = new[] { "OrderCreated", "OrderStatusUpdated" } });
        Assert.True(status == (int)HttpStatusCode.Created, hook.ToString());
        return hook.Number("id");
    }

    private async Task<JsonElement> Accepted()
    {
        var order = await _app.PendingOrder();
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/accept")).Status);
        return order;
    }

    private JsonElement Get(long hook) => _app.As(StoreFlowApp.Owner).Get($"/webhooks/{hook}").Result.Body;

    private List<JsonElement> Deliveries(long hook) =>
        [.. _app.As(StoreFlowApp.Owner).Get($"/webhooks/{hook}/deliveries").Result.Body.GetProperty("deliveries").EnumerateArray()];

    private int Attempts(long hook) => Deliveries(hook).Sum(delivery => delivery.GetProperty("attempts").GetArrayLength());

    private List<string> Told(JsonElement order) =>
        [.. _receiver.Heard.Where(message => message.Order == order.Number("id")).Select(message => message.Told)];

    /// <summary>The clock goes on while one waits: pauses between tries take no real time.</summary>
    private Task Until(Func<bool> condition, string otherwise, int step = 1) => Eventually.Holds(() =>
    {
        _app.Time.Advance(TimeSpan.FromSeconds(step));
        return condition();
    }, otherwise);

    private sealed class OpenApp : StoreFlowApp
    {
        public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

        protected override TimeProvider Clock => Time;

        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:Webhooks:AllowPrivateAddresses"] = "true" };
    }
}
