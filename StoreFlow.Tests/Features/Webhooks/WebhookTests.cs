using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Time.Testing;
using StoreFlow.Tests.Docs;

namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>A web shop is told of orders: everything, signed, in order, at least once, whatever it answers.</summary>
public sealed class WebhookTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] All = ["OrderCreated", "OrderStatusUpdated", "ShippingUpdated", "PromiseUpdated"];

    private readonly OpenApp _app = new();
    private Receiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.Start();

    public Task DisposeAsync() => _receiver.DisposeAsync().AsTask();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_event_comes_as_the_staff_hear_it_in_an_envelope_that_is_signed()
    {
        using var staff = await EventStreamClient.OfStore(_app, 1);
        var (_, secret) = await Add();
        var order = await _app.PendingOrder();
        await Hears(1);

        var message = _receiver.Heard.Single();
        var live = (await staff.Next()).Payload;
        Assert.Equal("OrderCreated", message.Json.Text("type"));
        Assert.Equal(live.Text("timestamp"), message.Json.Text("timestamp"));
        Assert.True(JsonElement.DeepEquals(live, message.Data), message.Body);
        Assert.Equal(order.Number("id"), message.Order);
        Assert.Equal(Signed(secret, message), message.Signature);
        Assert.StartsWith("msg_", message.Id);
    }

    [Fact]
    public async Task A_failure_that_is_told_late_does_not_undo_what_another_node_has_sent_meanwhile()
    {
        await Add();
        var told = new TaskCompletionSource();
        _receiver.Answer = async (_, http) =>
        {
            await told.Task;
            http.Response.StatusCode = 500;
        };
        var order = await _app.PendingOrder();
        await Hears(1);
        using var db = _app.OpenDatabase();
        Assert.Equal(1, db.Execute("""
            UPDATE deliveries
               SET status = 'sent', attempts = attempts + 1, first_tried_at = created_at, next_try_at = NULL, ended_at = created_at
             WHERE order_id = @id AND status = 'waiting'
            """, new { id = order.Number("id") })); // as the other node writes it

        told.SetResult();
        await Until(() => db.ExecuteScalar<long>("SELECT COUNT(*) FROM delivery_attempts") == 1, "The failure is not written down.");
        Assert.Equal("sent", db.ExecuteScalar<string>("SELECT status FROM deliveries"));
        Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM destinations WHERE failing_since IS NOT NULL"));
    }

    [SkippableFact]
    public async Task A_library_of_Standard_Webhooks_finds_it_genuine_and_a_changed_one_not()
    {
        const string folder = "StoreFlow.Tests/Features/Webhooks/receiver";
        var packages = await Npm.PackagesOf(folder);
        var (_, secret) = await Add();
        await _app.PendingOrder();
        await Hears(1);
        var message = _receiver.Heard.Single();

        Assert.Equal((0, "OrderCreated\n"), await Verify(message.Body));
        Assert.NotEqual(0, (await Verify(message.Body.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal))).Exit);

        Task<(int Exit, string Said)> Verify(string body) => Npm.ScriptAsync(
            $"{folder}/verify.js", packages, secret, message.Id, message.Timestamp, message.Signature, body);
    }

    [Fact]
    public async Task What_happens_to_an_order_comes_in_its_order_and_a_refused_one_holds_up_no_other_order()
    {
        await Add();
        var (stuck, other) = (await _app.PendingOrder(), await _app.PendingOrder());
        var isBack = false;
        _receiver.Answers(message => message.Order == stuck.Number("id") && !isBack ? 500 : 200);
        foreach (var order in new[] { stuck, other })
            foreach (var step in new[] { "accept", "start-preparation" })
                Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/{step}")).Status);
        await Until(() => Told(other).Count == 3, "The other order is held up.");
        Assert.All(Told(stuck), told => Assert.Equal("OrderCreated 1", told)); // nothing later before it has arrived

        isBack = true;
        await Until(() => Told(stuck).Distinct().Count() == 3, "The order is not told once its receiver is back.");
        Assert.Equal(["OrderCreated 1", "OrderStatusUpdated 2", "OrderStatusUpdated 3"], Told(stuck).Distinct());
        Assert.Single(_receiver.Heard.Where(message => message.Order == stuck.Number("id") && message.Told == "OrderCreated 1")
            .Select(message => message.Id).Distinct()); // the same id at each try
        Assert.Equal(["OrderCreated 1", "OrderStatusUpdated 2", "OrderStatusUpdated 3"], Told(other));
    }

    [Fact]
    public async Task A_receiver_that_answers_410_is_told_nothing_more_until_the_owner_switches_it_on()
    {
        var (hook, _) = await Add();
        _receiver.Answers(_ => 410);
        var refused = await _app.PendingOrder();
        await Until(() => !Get(hook).GetProperty("active").GetBoolean(), "It is not switched off.");
        Assert.Contains("410", Get(hook).Text("ended_because"), StringComparison.Ordinal);
        var missed = await _app.PendingOrder();

        _receiver.Answers(_ => 200);
        var (status, on) = await _app.As(StoreFlowApp.Owner).Patch($"/webhooks/{hook}", new { active = true });
        Assert.Equal((200, JsonValueKind.Null), (status, on.GetProperty("ended_because").ValueKind));
        await Until(() => Told(missed).Count == 1, "What was missed is not sent.");
        Assert.Equal(["OrderCreated 1", "OrderCreated 1"], Told(refused)); // the one that it refused, too
    }

    [Fact]
    public async Task Switched_on_from_now_it_is_not_told_what_it_missed()
    {
        var (hook, _) = await Add();
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch($"/webhooks/{hook}", new { active = false })).Status);
        var missed = await _app.PendingOrder();
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch($"/webhooks/{hook}", new { active = true, skip_missed = true })).Status);
        var later = await _app.PendingOrder();
        await Until(() => Told(later).Count == 1, "It is not told anything.");
        Assert.Empty(Told(missed));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_owner_reads_why()
    {
        var (hook, _) = await Add();
        _receiver.Answer = (_, http) =>
        {
            http.Response.Redirect(_receiver.Url.Replace("/hook", "/elsewhere", StringComparison.Ordinal));
            return Task.CompletedTask;
        };
        await _app.PendingOrder();
        await Until(() => Deliveries(hook).Any(delivery => delivery.GetProperty("attempts").GetArrayLength() > 0), "It was not tried.");
        var attempt = Deliveries(hook).Single().GetProperty("attempts")[0];
        Assert.Equal((302L, "waiting"), (attempt.Number("answer"), Deliveries(hook).Single().Text("status")));
        Assert.Contains("Redirects are not followed", attempt.Text("fault"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_never_arrives_is_given_up_after_three_days_and_sent_again_when_the_owner_asks()
    {
        var (hook, _) = await Add();
        _receiver.Answers(_ => 500);
        await _app.PendingOrder();
        await Until(() =>
        {
            // On to the very moment of the next try: a clock in large steps would make tries late that are not.
            if (Deliveries(hook).FirstOrDefault() is { ValueKind: JsonValueKind.Object } delivery
                && delivery.GetProperty("next_try_at") is { ValueKind: JsonValueKind.String } next
                && next.GetDateTimeOffset() is var at && at > _app.Time.GetUtcNow())
                _app.Time.SetUtcNow(at);
            return Deliveries(hook).Any(delivery => delivery.Text("status") == "failed");
        }, "It is never given up.");
        var failed = Deliveries(hook).Single();
        var tries = failed.GetProperty("attempts").EnumerateArray()
            .Select(attempt => attempt.GetProperty("at").GetDateTimeOffset()).ToList();
        Assert.InRange(tries[^1] - tries[0], TimeSpan.FromDays(2), TimeSpan.FromDays(3));

        _receiver.Answers(_ => 200);
        var path = $"/webhooks/{hook}/deliveries/{failed.Number("id")}/resend";
        Assert.Equal(202, (await _app.As(StoreFlowApp.Owner).Post(path)).Status);
        await Until(() => Deliveries(hook).Single().Text("status") == "sent", "It is not sent again.");
        Assert.Single(_receiver.Heard.Select(message => message.Id).Distinct());
        (await _app.As(StoreFlowApp.Rival).Post(path)).Is(404, "not_found");
    }

    [Fact]
    public async Task A_new_secret_signs_beside_the_old_one_for_a_day()
    {
        var (hook, old) = await Add();
        var (_, rotated) = await _app.As(StoreFlowApp.Owner).Patch($"/webhooks/{hook}", new { rotate_secret = true });
        var fresh = rotated.Text("secret");
        await _app.PendingOrder();
        await Hears(1);
        Assert.Equal($"{Signed(fresh, _receiver.Heard[0])} {Signed(old, _receiver.Heard[0])}", _receiver.Heard[0].Signature);

        _app.Time.Advance(TimeSpan.FromHours(25));
        await _app.PendingOrder();
        await Hears(2);
        Assert.Equal(Signed(fresh, _receiver.Heard[1]), _receiver.Heard[1].Signature);
    }

    [Fact]
    public async Task Only_the_chosen_events_of_the_chosen_stores_come()
    {
        var (status, hook) = await _app.As(StoreFlowApp.Owner).Post(
            "/webhooks", new { url = _receiver.Url, events = new[] { "OrderStatusUpdated" }, store_ids = new[] { 2 } });
        Assert.Equal((201, "[2]"), (status, hook.GetProperty("store_ids").GetRawText()));
        var (here, there) = (await _app.PendingOrder(), await _app.PendingOrder(store: 2));
        foreach (var order in new[] { here, there })
            await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/accept");
        await Until(() => Told(there).Contains("OrderStatusUpdated 2"), "The chosen event does not come.");
        Assert.Equal((0, 1), (Told(here).Count, Told(there).Count));
    }

    [Theory]
    [InlineData("{}", "url", "events")]
    [InlineData("""{"url":"ftp://shop.example/","events":["OrderCreated"]}""", "url")]
    [InlineData("""{"url":"https://me:secret@shop.example/","events":["OrderCreated"]}""", "url")]
    [InlineData("""{"url":"https://shop.example/","events":["OrderEaten"]}""", "events")]
    [InlineData("""{"url":"https://shop.example/","events":[]}""", "events")]
    [InlineData("""{"url":"https://shop.example/","events":["OrderCreated"],"secret":"whsec_c2hvcnQ="}""", "secret")]
    [InlineData("""{"url":"https://shop.example/","events":["OrderCreated"],"store_ids":[3]}""", "store_ids")]
    [InlineData("""{"url":"https://shop.example/","events":["OrderCreated"],"store_ids":[1,0]}""", "store_ids")]
    [InlineData("""{"url":"https://shop.example/","events":["OrderCreated"],"store_ids":[]}""", "store_ids")]
    public async Task A_wrong_field_is_named_and_nothing_is_made(string body, params string[] fields)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        var answer = await owner.Post("/webhooks", new StringContent(body, Encoding.UTF8, "application/json"));
        answer.Is(400, "invalid_request");
        Assert.Equal(fields.Order(), answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(0, (await owner.Get("/webhooks")).Body.GetProperty("webhooks").GetArrayLength());
    }

    [Fact]
    public async Task It_is_the_owners_and_another_merchants_is_not_there()
    {
        var (hook, _) = await Add();
        foreach (var token in new[] { StoreFlowApp.Manager, StoreFlowApp.Staff })
            (await _app.As(token).Get("/webhooks")).Is(403, "forbidden");
        (await _app.As(StoreFlowApp.Rival).Get($"/webhooks/{hook}")).Is(404, "not_found");
        (await _app.As(StoreFlowApp.Rival).Patch($"/webhooks/{hook}", new { active = false })).Is(404, "not_found");
        Assert.Equal(404, (await _app.As(StoreFlowApp.Rival).Send(HttpMethod.Delete, $"/webhooks/{hook}")).Status);
        Assert.False(Get(hook).TryGetProperty("secret", out _)); // shown once

        var stale = await _app.As(StoreFlowApp.Owner).Patch($"/webhooks/{hook}", new { active = false, version = 9 });
        stale.Is(409, "stale");
        Assert.Equal(204, (await _app.As(StoreFlowApp.Owner).Send(HttpMethod.Delete, $"/webhooks/{hook}")).Status);
        (await _app.As(StoreFlowApp.Owner).Get($"/webhooks/{hook}")).Is(404, "not_found");
        var order = await _app.PendingOrder();
        var (_, other) = (0, await Add());
        await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/accept");
        await Until(() => Told(order).Count > 0, "The other one hears nothing.");
        Assert.Equal(["OrderStatusUpdated 2"], Told(order)); // by the one that is left, and from its beginning on
        Assert.NotEqual(hook, other.Hook);
    }

    /// <summary>As the specification of Standard Webhooks says, not as the product does it.</summary>
    private static string Signed(string secret, Receiver.Message message)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        var content = Encoding.UTF8.GetBytes($"{message.Id}.{message.Timestamp}.{message.Body}");
        return $"v1,{Convert.ToBase64String(hmac.ComputeHash(content))}";
    }

    private async Task<(long Hook, string Secret)> Add()
    {
        var (status, hook) = await _app.As(StoreFlowApp.Owner).Post("/webhooks", new { url = _receiver.Url, events = All });
        Assert.True(status == (int)HttpStatusCode.Created, hook.ToString());
        return (hook.Number("id"), hook.Text("secret"));
    }

    private JsonElement Get(long hook) => _app.As(StoreFlowApp.Owner).Get($"/webhooks/{hook}").Result.Body;

    private List<JsonElement> Deliveries(long hook) =>
        [.. _app.As(StoreFlowApp.Owner).Get($"/webhooks/{hook}/deliveries").Result.Body.GetProperty("deliveries").EnumerateArray()];

    private List<string> Told(JsonElement order) =>
        [.. _receiver.Heard.Where(message => message.Order == order.Number("id")).Select(message => message.Told)];

    private Task Hears(int orders) => Until(
        () => _receiver.Heard.Count(message => message.Json.Text("type") == "OrderCreated") >= orders, "Nothing comes.");

    /// <summary>The clock goes on while one waits: pauses between tries take no real time.</summary>
    private Task Until(Func<bool> condition, string otherwise) => Eventually.Holds(() =>
    {
        _app.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    }, otherwise);

    private sealed class OpenApp : StoreFlowApp
    {
        public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

        protected override TimeProvider Clock => Time;

        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:Webhooks:AllowPrivateAddresses"] = "true" };
    }
}
