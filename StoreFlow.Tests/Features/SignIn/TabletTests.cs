using Dapper;
using Microsoft.Extensions.Time.Testing;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>A shared tablet without a browser: who gets in by which PIN, what a PIN does not open, and when it locks.</summary>
public sealed class TabletTests : IDisposable
{
    private readonly ClockedApp _app = new();

    [Fact]
    public async Task Colleagues_take_a_tablet_over_by_their_pin_and_the_log_names_who_did_it()
    {
        await SetPin("Sam", "4711");
        await SetPin("Ana", "9054");
        var order = await _app.PendingOrder();
        using var tablet = await Tablet();
        Assert.Contains("Sam", await tablet.GetStringAsync("/tablet"), StringComparison.Ordinal);
        Assert.Equal(401, (await tablet.Get("/stores/1/orders")).Status); // the device alone opens nothing

        Assert.Equal(401, (int)(await Unlock(tablet, "Sam", "0815")).StatusCode);
        Assert.Equal("/dashboard/1", (await Unlock(tablet, "Sam", "4711")).Headers.Location?.ToString());
        Assert.Equal(200, (await Post(tablet, $"/orders/{order.Number("id")}/accept")).Status);
        Assert.Equal("/dashboard/1", (await Unlock(tablet, "Ana", "9054")).Headers.Location?.ToString());
        Assert.Equal(200, (await Post(tablet, $"/orders/{order.Number("id")}/start-preparation")).Status);

        var (_, history) = await _app.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}/history");
        Assert.Equal(["Customer", "Sam", "Ana"], history.GetProperty("entries").EnumerateArray().Select(entry => entry.Text("actor")));
    }

    [Fact]
    public async Task It_locks_itself_unless_somebody_touches_it_and_by_one_tap()
    {
        await SetPin("Sam", "4711");
        using var tablet = await Tablet();
        await Unlock(tablet, "Sam", "4711");
        _app.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(204, (await Post(tablet, "/tablet/touch")).Status);
        _app.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(200, (await tablet.Get("/stores/1/orders")).Status);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(401, (await tablet.Get("/stores/1/orders")).Status);

        await Unlock(tablet, "Sam", "4711");
        Assert.Equal(200, (await tablet.Get("/stores/1/orders")).Status);
        await Post(tablet, "/tablet/lock");
        Assert.Equal(401, (await tablet.Get("/stores/1/orders")).Status);
    }

    [Fact]
    public async Task Five_wrong_pins_slow_one_person_down_and_not_the_others()
    {
        await SetPin("Sam", "4711");
        await SetPin("Ana", "9054");
        using var tablet = await Tablet();
        for (var i = 0; i < 6; i++)
            await Unlock(tablet, "Sam", "0815");
        using var late = await Unlock(tablet, "Sam", "4711");
        Assert.Equal((429, true), ((int)late.StatusCode, late.Headers.RetryAfter is not null));
        Assert.Equal(302, (int)(await Unlock(tablet, "Ana", "9054")).StatusCode);
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(302, (int)(await Unlock(tablet, "Sam", "4711")).StatusCode);
    }

    [Fact]
    public async Task A_pin_manages_nothing_and_a_tablet_that_is_taken_back_offers_nobody()
    {
        await SetPin("Olga", "4711");
        using var tablet = await Tablet();
        await Unlock(tablet, "Olga", "4711");
        Assert.Equal((200, 403), ((await tablet.Get("/stores/1/orders")).Status, (await tablet.Get("/merchant/users")).Status));
        // Olga works in store 2 as well, but the tablet does not.
        var elsewhere = (await _app.PendingOrder(store: 2)).Number("id");
        Assert.Equal((404, 404), ((await tablet.Get("/stores/2/orders")).Status, (await tablet.Get($"/orders/{elsewhere}")).Status));

        using (var db = _app.OpenDatabase())
            db.Execute("UPDATE devices SET revoked_at = 1");
        Assert.Equal(401, (await tablet.Get("/stores/1/orders")).Status);
        Assert.Equal("/login", (await tablet.GetAsync("/tablet")).Headers.Location?.ToString());
    }

    [Fact]
    public async Task Staff_make_no_tablet_and_a_new_pin_locks_what_the_old_one_opened()
    {
        using var sam = await _app.SignedIn("staff@demo.example");
        using var refused = await sam.SendForm("/tablet", new() { ["store"] = "1", ["name"] = "Counter" });
        Assert.Equal(403, (int)refused.StatusCode);

        await SetPin("Sam", "4711");
        using var tablet = await Tablet();
        await Unlock(tablet, "Sam", "4711");
        Assert.Equal(200, (await tablet.Get("/stores/1/orders")).Status);
        await SetPin("Sam", "2580");
        Assert.Equal(401, (await tablet.Get("/stores/1/orders")).Status);
    }

    private Task<HttpClient> Tablet() => TabletClient.SetUp(_app.Address, "owner@demo.example", SessionClient.Password);

    private Task<HttpResponseMessage> Unlock(HttpClient tablet, string name, string pin)
    {
        using var db = _app.OpenDatabase();
        var who = db.QuerySingle<long>("SELECT id FROM users WHERE name = @name AND merchant_id = 1", new { name });
        return tablet.Unlock(who, pin);
    }

    private async Task SetPin(string name, string pin)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        var (_, list) = await owner.Get("/merchant/users");
        var id = list.GetProperty("users").EnumerateArray().Single(user => user.Text("name") == name).Number("id");
        Assert.Equal(200, (await owner.Send(HttpMethod.Put, $"/merchant/users/{id}/pin", new { pin })).Status);
    }

    private static async Task<(int Status, object? Body)> Post(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, null);
    }

    public void Dispose() => _app.Dispose();

    private sealed class ClockedApp : StoreFlowApp
    {
        public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

        protected override TimeProvider Clock => Time;
    }
}
