using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>A session that is over is not told of another customer: its streams and hub connections end within seconds.</summary>
public sealed class EndOfSessionTests
{
    private const string Ana = "ana@demo.example";

    [Theory]
    [InlineData("signed out", true)]
    [InlineData("new password", false)]
    [InlineData("left", false)]
    public async Task Ends_its_streams_and_hub_connections(string change, bool othersStay)
    {
        await using var app = new StoreFlowApp();
        var (cookie, elsewhere) = (await Cookie(app), await Cookie(app));
        await using var hub = await OnStore(app, cookie);
        await using var idle = await LiveClient.Connect(app, token: null, cookie: cookie);
        await using var other = await OnStore(app, elsewhere);
        using var stream = await EventStreamClient.Open(app.WithCookie(cookie), "/stores/1/orders/events");
        await app.PendingOrder();
        Assert.Equal("OrderCreated", (await hub.Next()).Name);
        Assert.Equal("OrderCreated", (await other.Next()).Name);
        Assert.Equal("OrderCreated", (await stream.Next()).Name);

        if (change == "signed out")
            using (var session = app.WithCookie(cookie))
                await session.SignOut();
        else
            await Import(app, change == "left" ? """ "active": false """ : """ "password": "quite another one" """);

        await hub.Closed;
        await idle.Closed;
        await stream.Ended();
        await app.PendingOrder(name: "Zoe Later");
        await Assert.ThrowsAsync<ChannelClosedException>(() => hub.Next());
        using var again = app.WithCookie(cookie);
        Assert.Equal(401, (await again.Get("/stores/1/orders/events")).Status);
        await using var back = await LiveClient.Connect(app, token: null, cookie: cookie);
        var refused = await Assert.ThrowsAsync<HubException>(() => back.Connection.InvokeAsync<long>("SubscribeStore", 1L, null));
        Assert.Contains("unauthenticated", refused.Message);

        // Another browser of the same person goes on after a sign-out only.
        if (othersStay)
            Assert.Equal("Zoe Later", (await other.Next()).Payload.Text("customer_name"));
        else
            await other.Closed;
    }

    private static async Task<string> Cookie(StoreFlowApp app)
    {
        using var answer = await app.SignIn(Ana, SessionClient.Password);
        return answer.SessionCookie();
    }

    private static async Task<LiveClient> OnStore(StoreFlowApp app, string cookie)
    {
        var client = await LiveClient.Connect(app, token: null, cookie: cookie);
        await client.Connection.InvokeAsync<long>("SubscribeStore", 1L, null);
        return client;
    }

    private static async Task Import(StoreFlowApp app, string field)
    {
        using var files = new TestFolder();
        var file = files.Write("shop.json", $$"""
            {
              "merchant": { "code": "corner-market", "name": "Corner Market" },
              "users": [{ "email": "{{Ana}}", "name": "Ana", "role": "staff", "stores": ["harbour"], {{field}} }]
            }
            """);
        var (exit, _, error) = await StoreFlowProcess.Run(app.Folder, "import", file, "--set-passwords");
        Assert.Equal((0, ""), (exit, error));
    }
}
