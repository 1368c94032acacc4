using System.Text;
using System.Text.Json;

namespace StoreFlow.Tests.Features.Push;

/// <summary>Who asks for it is told when the order is ready or has shipped, once, encrypted, and nobody else is.</summary>
public sealed class PushTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] ToReady = ["accept", "start-preparation", "mark-ready"];

    private readonly PushApp _app = new();
    private readonly List<Browser> _browsers = [];
    private PushService _service = null!;

    public async Task InitializeAsync() => _service = await PushService.Start();

    public async Task DisposeAsync()
    {
        _browsers.ForEach(browser => browser.Dispose());
        await _service.DisposeAsync();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_browser_is_told_once_that_the_order_is_ready_and_nothing_personal()
    {
        var (order, silent) = (await _app.PendingOrder(), await _app.PendingOrder());
        var browser = await Subscribed(order);
        await Steps(silent, ToReady);
        await Steps(order, ToReady);
        await _app.Until(() => _service.Heard.Count == 1, "It is not told.");

        var message = _service.Heard.Single();
        var told = browser.Read(message.Body);
        var id = order.Text("public_id");
        Assert.Equal(
            ["title: Corner Market Harbour", $"body: Your order {order.Text("reference")} is ready.", $"url: /track/{id}"],
            told.EnumerateObject().Select(part => $"{part.Name}: {part.Value}"));
        Assert.Equal(("14400", "high", "aes128gcm"),
            (message.Headers["TTL"], message.Headers["Urgency"], message.Headers["Content-Encoding"]));
        Assert.Matches("^[A-Za-z0-9_-]{32}$", message.Headers["Topic"]);
        // What the push service sees does not lead to the order.
        var seen = string.Join('\n', message.Headers.Values) + Encoding.Latin1.GetString(message.Body);
        Assert.DoesNotContain(id, seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Corner", seen, StringComparison.OrdinalIgnoreCase);

        await Steps(order, "complete");
        await _app.Until(() => _app.Subscriptions(order.Number("id")) == 0, "The subscription is kept.");
        Assert.Single(_service.Heard);
        Assert.Equal(["ready sent"], _app.Deliveries(order.Number("id")));
        Assert.Empty(_app.Deliveries(silent.Number("id")));
    }

    [Fact]
    public async Task The_server_says_who_it_is_with_the_key_that_the_browser_subscribed_with()
    {
        var order = await _app.PendingOrder();
        var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _app.As(null).Get(Path(order))));
        var key = keys.Select(answer => answer.Body.Text("public_key")).Distinct().Single();
        await Subscribed(order);
        await Steps(order, ToReady);
        await _app.Until(() => _service.Heard.Count == 1, "It is not told.");

        var vapid = Vapid.Verified(_service.Heard.Single().Headers["Authorization"]);
        Assert.Equal((key, _service.Origin, "mailto:shop@demo.example"), (vapid.Key, vapid.Claims.Text("aud"), vapid.Claims.Text("sub")));
        Assert.InRange(vapid.Expires - _app.Time.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task A_parcel_is_told_of_when_it_ships_and_when_it_is_cancelled_after_all()
    {
        var order = await _app.PendingOrder("shipping");
        var browser = await Subscribed(order);
        await Steps(order, "accept", "start-packing", "ship");
        await _app.Until(() => _service.Heard.Count == 1, "It is not told.");
        await Steps(order, "cancel");
        await _app.Until(() => _service.Heard.Count == 2, "It is not told of the end.");
        var reference = order.Text("reference");
        Assert.Equal(
            [$"Your order {reference} has shipped.", $"Your order {reference} was cancelled."],
            _service.Heard.Select(message => browser.Read(message.Body).Text("body")));
        Assert.Single(_service.Heard.Select(message => message.Headers["Topic"]).Distinct()); // the later one replaces the earlier
        await _app.Until(() => _app.Subscriptions(order.Number("id")) == 0, "The subscription is kept.");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_browser_that_is_gone_is_forgotten_and_the_others_are_told(int gone)
    {
        var (order, later) = (await _app.PendingOrder(), await _app.PendingOrder());
        var (dead, alive) = (await Subscribed(order), await Subscribed(order));
        await Subscribed(later);
        _service.Answers(message => dead.Endpoint.EndsWith(message.Browser, StringComparison.Ordinal) ? gone : 201);
        await Steps(order, ToReady);
        await Steps(later, ToReady);
        await _app.Until(() => _service.Heard.Count == 3, "The others are not told.");
        Assert.Equal((1, 1), (_service.HeardBy(dead).Count, _service.HeardBy(alive).Count));
        await _app.Until(() => _app.Deliveries(order.Number("id")).Order().SequenceEqual(["ready failed", "ready sent"]), "It goes on.");
        Assert.Equal((1, 1), (_app.Subscriptions(order.Number("id")), _app.Subscriptions(later.Number("id"))));
    }

    [Fact]
    public async Task A_service_that_asks_for_time_gets_it_and_holds_up_nobody_else()
    {
        var (order, other) = (await _app.PendingOrder(), await _app.PendingOrder());
        var (slow, quick) = (await Subscribed(order), await Subscribed(other));
        DateTimeOffset? refusedAt = null;
        _service.Answer = (message, http) =>
        {
            var isRefused = refusedAt is null && slow.Endpoint.EndsWith(message.Browser, StringComparison.Ordinal);
            if (isRefused)
            {
                refusedAt = _app.Time.GetUtcNow();
                http.Response.Headers.RetryAfter = "900";
            }
            http.Response.StatusCode = isRefused ? 429 : 201;
            return Task.CompletedTask;
        };
        await Steps(order, ToReady);
        await _app.Until(() => refusedAt is not null, "It is not tried.");
        await Steps(other, ToReady);
        await _app.Until(() => _service.HeardBy(quick).Count == 1, "The other one waits.");
        Assert.True(_app.Time.GetUtcNow() - refusedAt < TimeSpan.FromSeconds(900));
        Assert.Single(_service.HeardBy(slow));
        await _app.Until(() => _service.HeardBy(slow).Count == 2, "It is not tried again.", step: 10);
        Assert.True(_app.Time.GetUtcNow() - refusedAt >= TimeSpan.FromSeconds(900));
    }

    [Fact]
    public async Task What_is_an_hour_old_is_not_told_any_more()
    {
        var order = await _app.PendingOrder();
        await Subscribed(order);
        _service.Answers(_ => 503);
        await Steps(order, ToReady);
        await _app.Until(() => _service.Heard.Count == 1, "It is not tried.");
        _app.Time.Advance(TimeSpan.FromMinutes(61));
        _service.Answers(_ => 201);
        await _app.Until(() => _app.Deliveries(order.Number("id")).SequenceEqual(["ready failed"]), "It is not given up.");
        Assert.Single(_service.Heard);
        Assert.Contains("more than an hour ago", _app.Fault(order.Number("id")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_true_any_more_is_not_told_and_nothing_is_kept_after_the_end()
    {
        var (collected, cancelled) = (await _app.PendingOrder(), await _app.PendingOrder());
        await Subscribed(collected);
        await Subscribed(cancelled);
        _service.Answers(_ => 503);
        await Steps(collected, ToReady);
        await _app.Until(() => _service.Heard.Count == 1, "It is not tried.");
        await Steps(collected, "complete");
        await Steps(cancelled, "cancel");
        await _app.Until(() => _service.Heard.Count >= 2, "The end is not tried.");
        _service.Answers(_ => 410);
        await _app.Until(() => _app.Deliveries(collected.Number("id")).SequenceEqual(["ready failed"])
            && _app.Deliveries(cancelled.Number("id")).SequenceEqual(["cancelled failed"]), "It goes on.", step: 5);
        await _app.Until(() => _app.Subscriptions(collected.Number("id")) + _app.Subscriptions(cancelled.Number("id")) == 0, "It is kept.");
    }

    [Fact]
    public async Task A_last_message_that_was_given_up_leaves_nothing_behind()
    {
        var order = await _app.PendingOrder();
        await Subscribed(order);
        _service.Answers(_ => 503);
        await Steps(order, "cancel");
        await _app.Until(() => _service.Heard.Count == 1, "It is not tried.");
        Assert.Equal(1, _app.Subscriptions(order.Number("id")));
        await _app.Until(() => _app.Subscriptions(order.Number("id")) == 0, "The subscription is kept for good.", step: 60);
        Assert.Equal(["cancelled failed"], _app.Deliveries(order.Number("id")));
    }

    [Fact]
    public async Task Who_asks_for_no_more_is_told_no_more()
    {
        var order = await _app.PendingOrder();
        var (off, on) = (await Subscribed(order), await Subscribed(order));
        for (var i = 0; i < 2; i++) // the second time there is nothing to do
            Assert.Equal(204, (await _app.As(null).Send(HttpMethod.Delete, Path(order), off.Subscription)).Status);
        await Steps(order, ToReady);
        await _app.Until(() => _service.HeardBy(on).Count == 1, "The other one is not told.");
        Assert.Empty(_service.HeardBy(off));
    }

    private static string Path(JsonElement order) => $"/customer/{order.Text("public_id")}/push";

    private async Task<Browser> Subscribed(JsonElement order)
    {
        var browser = new Browser(_service.Origin);
        _browsers.Add(browser);
        for (var i = 0; i < 2; i++) // the same again changes nothing
            Assert.Equal(204, (await _app.As(null).Post(Path(order), browser.Subscription)).Status);
        return browser;
    }

    private async Task Steps(JsonElement order, params string[] steps)
    {
        foreach (var step in steps)
            await _app.Step(order, step);
    }
}
