using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// The machine's clock is changed while the server runs. Order and sequences do not depend on it, and what depends on it stays
/// sensible.
/// </summary>
public sealed class ClockTests : IAsyncLifetime
{
    private readonly SetClockApp _app = new();

    [Theory]
    [InlineData(-1, "already accepted this order just now.")]
    [InlineData(24, "already accepted this order 1 day ago.")]
    public async Task Orders_sequences_and_events_keep_their_order_when_the_clock_is_set(int hours, string ago)
    {
        await using var live = await LiveClient.OnStore(_app, 1);
        var first = await _app.OrderIn("accepted");

        Set(hours);
        var second = await _app.PendingOrder();
        var (stale, refusal) = await _app.As(StoreFlowApp.Owner).Post($"/orders/{first.Number("id")}/accept", new { version = 1 });
        first = await _app.Step(first, "start-preparation");

        Assert.Equal(409, stale);
        Assert.EndsWith(ago, refusal.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(3, first.Number("version"));
        Assert.Equal(StoppedClockApp.Start.AddHours(hours), second.GetProperty("created_at").GetDateTimeOffset());
        Assert.Equal(StoppedClockApp.Start, first.GetProperty("accepted_at").GetDateTimeOffset());

        var (_, list) = await _app.As(StoreFlowApp.Owner).Get("/stores/1/orders");
        Assert.Equal([second.Number("id"), first.Number("id")], Numbers(list.GetProperty("orders"), "id"));
        var (_, history) = await _app.As(StoreFlowApp.Owner).Get($"/orders/{first.Number("id")}/history");
        Assert.Equal([1, 2, 4], Numbers(history.GetProperty("entries"), "sequence"));
        Assert.Equal([1, 2, 3, 4], (await live.Next(4)).Select(heard => heard.Payload.Number("sequence")));
        await using var resumed = await LiveClient.OnStore(_app, 1, after: 1);
        Assert.Equal([2, 3, 4], (await resumed.Next(3)).Select(heard => heard.Payload.Number("sequence")));
    }

    [Theory]
    [InlineData(-1, 200)]
    [InlineData(24, 401)]
    public async Task A_token_ends_at_its_instant_however_the_clock_gets_there(int hours, int answer)
    {
        var token = ApiTokens.New();
        using (var db = _app.OpenDatabase())
            ApiTokens.Insert(db, 1, "half a day", token, demo: false, StoppedClockApp.Start, StoppedClockApp.Start.AddHours(12));
        await using var live = await LiveClient.OnStore(_app, 1, token: token);
        Assert.Equal(200, (await _app.As(token).Get("/stores/1/orders")).Status);

        Set(hours);
        Assert.Equal(answer, (await _app.As(token).Get("/stores/1/orders")).Status);
        if (answer == 401)
        {
            _app.Time.Advance(TimeSpan.FromSeconds(2)); // the next beat
            await live.Closed;
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public async Task A_session_outlives_a_clock_that_is_set_and_still_comes_to_its_end(int hours)
    {
        var olga = await _app.SignedIn("owner@demo.example");
        Set(hours);
        Assert.Equal(200, await Board());

        _app.Time.Advance(Sessions.Lifetime + TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(302, await Board());

        async Task<int> Board()
        {
            using var answer = await olga.GetAsync("/dashboard/1");
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public async Task A_session_that_was_ended_stays_ended(int hours)
    {
        var olga = await _app.SignedIn("owner@demo.example");
        Set(hours);
        olga.DefaultRequestHeaders.Add("Origin", _app.Address.GetLeftPart(UriPartial.Authority));
        using (var ended = await olga.PostAsync("/logout", null))
            Assert.Equal("/login", ended.Headers.Location?.ToString());
        Set(0);
        using var answer = await olga.GetAsync("/dashboard/1");
        Assert.Equal(302, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public async Task Who_has_to_wait_after_wrong_passwords_waits_as_long_as_was_said(int hours)
    {
        for (var failure = 1; failure <= 6; failure++)
            Assert.Equal(401, await SignIn("wrong"));
        Assert.Equal(429, await SignIn(SessionClient.Password));
        Set(hours);
        Assert.Equal(429, await SignIn(SessionClient.Password));
        _app.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(302, await SignIn(SessionClient.Password));

        async Task<int> SignIn(string password)
        {
            using var answer = await _app.SignIn("staff@demo.example", password);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_clock_that_jumps_three_days_forward_and_back_forgets_no_idempotency_key()
    {
        var (customer, owner) = (With("jump"), With("jump-step", StoreFlowApp.Owner));
        var (placed, order) = await customer.Post("/checkout", Scenarios.CheckoutBody());
        var (_, found) = await _app.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={order.Text("reference")}");
        var id = found.GetProperty("orders")[0].Number("id");
        var (_, accepted) = await owner.Post($"/orders/{id}/accept", new { version = 1 });
        Set(73);
        Assert.Equal(201, (await With("another").Post("/checkout", Scenarios.CheckoutBody())).Status); // a write also removes expired keys
        _app.Time.Advance(TimeSpan.FromHours(1)); // and so does the sweep of each hour
        await Again();
        Set(0);
        await Again();

        async Task Again()
        {
            var (status, again) = await customer.Post("/checkout", Scenarios.CheckoutBody());
            Assert.Equal((placed, order.Text("public_id")), (status, again.Text("public_id")));
            Assert.Equal((200, accepted.GetRawText()), await Step());
        }

        async Task<(int, string)> Step()
        {
            var (status, again) = await owner.Post($"/orders/{id}/accept", new { version = 1 });
            return (status, again.GetRawText());
        }

        HttpClient With(string key, string? token = null)
        {
            var client = _app.As(token);
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
            return client;
        }
    }

    /// <summary>Sets the clock, as a person or a time server does. No time passes by that.</summary>
    private void Set(int hours) => _app.Time.SetBy = TimeSpan.FromHours(hours);

    private static IEnumerable<long> Numbers(JsonElement array, string name) => array.EnumerateArray().Select(entry => entry.Number(name));

    private sealed class SetClockApp : StoreFlowApp
    {
        public SetClock Time { get; } = new();

        protected override TimeProvider Clock => Time;
    }

    /// <summary>A clock that stands still and can be set without any time passing. Timers and time stamps do not notice.</summary>
    private sealed class SetClock() : FakeTimeProvider(StoppedClockApp.Start)
    {
        public TimeSpan SetBy { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + SetBy;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();
}
