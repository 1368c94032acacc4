using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A caller who tries one public id after the other is slowed down, on every route. A customer behind the same address is not.
/// </summary>
public sealed class UnknownIdsTests(UnknownIdsTests.TwoAMinute app) : IClassFixture<UnknownIdsTests.TwoAMinute>
{
    public sealed class TwoAMinute : LoggedApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:UnknownIdsPerMinute"] = "2" };
    }

    private const string Unknown = "00000000000000000000000000";

    public static TheoryData<string, string> Routes() => new()
    {
        { "/customer/{0}/order", "203.0.113.1" }, { "/customer/{0}/order/events", "203.0.113.2" }, { "/track/{0}", "203.0.113.3" },
        { "/customer/{0}/order", "2001:db8:1:1::1" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Over_HTTP(string route, string address)
    {
        var mine = (await app.PendingOrder()).Text("public_id");
        using var guesser = From(address);
        await UntilRefused(async () =>
        {
            using var miss = await guesser.GetAsync(string.Format(route, Unknown));
            Assert.Contains((int)miss.StatusCode, new[] { 404, 429 });
            if ((int)miss.StatusCode == 404)
                return false;
            Assert.InRange(miss.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            if (!route.StartsWith("/track"))
                (429, JsonDocument.Parse(await miss.Content.ReadAsStringAsync()).RootElement).Is(429, "too_many_requests");
            return true;
        });

        // A customer behind that address has the id of an order, and is served whatever the others do.
        foreach (var open in new[] { $"/customer/{mine}/order", $"/track/{mine}", $"/customer/{mine}/order/events" })
        {
            using var hit = await guesser.GetAsync(open, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((open, 200), (open, (int)hit.StatusCode));
        }
        // Another address has its own count.
        using var other = From("198.51.100.77");
        using var elsewhere = await other.GetAsync($"/customer/{mine}/order");
        Assert.Equal(200, (int)elsewhere.StatusCode);
    }

    [Fact]
    public async Task All_routes_and_the_hub_count_together()
    {
        var order = await app.PendingOrder();
        const string address = "203.0.113.9";
        using var guesser = From(address);
        await using var hub = await LiveClient.Connect(app, token: null, from: address);
        await UntilRefused(async () =>
        {
            var refused = await Assert.ThrowsAsync<HubException>(() =>
                hub.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", Unknown));
            Assert.Matches("HubException: (not_found|too_many_requests): ", refused.Message);
            return refused.Message.Contains("too_many_requests");
        });
        // What was used up on the hub is used up for the pages too.
        await UntilRefused(async () => (int)(await guesser.GetAsync($"/track/{Unknown}")).StatusCode == 429);

        await hub.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", order.Text("public_id"));
        await app.Step(order, "accept");
        Assert.Equal("OrderStatusUpdated", (await hub.Next()).Name);
    }

    [Fact]
    public async Task The_neighbour_in_the_same_IPv6_network_is_the_same_address()
    {
        using var one = From("2001:db8:2:2::1");
        using var another = From("2001:db8:2:2:ffff::9");
        await UntilRefused(async () => (int)(await one.GetAsync($"/customer/{Unknown}/order")).StatusCode == 429);
        await UntilRefused(async () => (int)(await another.GetAsync($"/customer/{Unknown}/order")).StatusCode == 429, within: 2);
    }

    [Fact]
    public async Task A_refusal_on_the_hub_is_nothing_for_the_log()
    {
        await using var hub = await LiveClient.Connect(app, StoreFlowApp.Rival);
        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<HubException>(() => hub.Connection.InvokeAsync<long>("SubscribeStore", 1, (long?)null));
            await Assert.ThrowsAsync<HubException>(() => hub.Connection.InvokeAsync<JsonElement>("SubscribeCustomer", Unknown));
            await Assert.ThrowsAsync<HubException>(() => hub.Connection.InvokeAsync<object>("NoSuchMethod", "x"));
        }
        Assert.Empty(app.Logged);
    }

    /// <summary>Tries until it is refused. Some tries come back every ten seconds, so it may take a few more than the limit.</summary>
    private static async Task UntilRefused(Func<Task<bool>> isRefused, int within = 50)
    {
        for (var tries = 1; !await isRefused(); tries++)
            Assert.True(tries < within, $"Still not refused after {tries} tries.");
    }

    private HttpClient From(string address)
    {
        var client = app.As(null);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        return client;
    }
}
