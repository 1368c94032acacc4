using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>A client that stops reading is disconnected, so that it can resume without a gap. Nobody else notices.</summary>
[Trait("Engine", "Sqlite")]
public sealed class SlowClientTests(SlowClientTests.ImpatientApp app) : IClassFixture<SlowClientTests.ImpatientApp>
{
    private static readonly CancellationToken Deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token; // for a hung test

    public sealed class ImpatientApp : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:LiveBuffer"] = "16" };
    }

    [Fact]
    public async Task On_an_event_stream()
    {
        using var socket = await SmallSocket();
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /stores/1/orders/events HTTP/1.1\r\nHost: {app.Address.Authority}\r\n" +
            $"Authorization: Bearer {StoreFlowApp.Owner}\r\n\r\n"), Deadline);
        var first = new byte[15];
        await socket.ReceiveAsync(first, Deadline);
        Assert.Equal("HTTP/1.1 200 OK", Encoding.ASCII.GetString(first));

        await Flood(async () => await socket.SendAsync("\r\n"u8.ToArray(), Deadline));
    }

    [Fact]
    public async Task On_the_hub()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => new NetworkStream(await SmallSocket(), ownsSocket: true),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {StoreFlowApp.Owner}");
        await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = "/hubs/orders" }.Uri, invoker, Deadline);
        await Say("""{"protocol":"json","version":1}""");
        await socket.ReceiveAsync(new byte[100], Deadline);
        await Say("""{"type":1,"invocationId":"1","target":"SubscribeStore","arguments":[1]}""");
        await socket.ReceiveAsync(new byte[100], Deadline);

        await Flood(() => Say("""{"type":6}""")); // it still says that it is alive, but does not read

        Task Say(string message) => socket.SendAsync(Encoding.UTF8.GetBytes($"{message}\u001e"), WebSocketMessageType.Text, true, Deadline);
    }

    /// <summary>
    /// Makes more news than all buffers on the way hold, and waits until the server has disconnected the slow client. A quick
    /// client hears it all.
    /// </summary>
    private async Task Flood(Func<Task> saySomething)
    {
        var order = await app.OrderIn("shipped", "shipping");
        await using var quick = await LiveClient.OnStore(app, 1);
        using var quickStream = await EventStreamClient.OfStore(app, 1);
        var last = app.LatestSequence();
        for (var round = 0; round < 200; round++)
        {
            WriteLongNews(order);
            await app.PlaceOrders(1); // the commit that wakes the server
            foreach (var name in new[] { "ShippingUpdated", "OrderCreated" })
            {
                var heard = await quick.Next();
                Assert.Equal((name, ++last), (heard.Name, heard.Payload.Number("sequence")));
                Assert.Equal(last, (await quickStream.Next()).Id);
            }
        }

        var end = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (; ; await Task.Delay(50, Deadline))
                await saySomething();
        });
        Assert.True(end is SocketException or WebSocketException, $"{end}");
        await app.PlaceOrders(1);
        Assert.Equal(++last, (await quick.Next()).Payload.Number("sequence"));
        Assert.Equal(last, (await quickStream.Next()).Id);
    }

    /// <summary>An audit row of 64 KB, larger than any step writes. It fills the buffers of a connection faster.</summary>
    private void WriteLongNews(JsonElement order)
    {
        using var db = app.OpenDatabase();
        db.Execute("""
            INSERT INTO audit_log (merchant_id, store_id, sequence, entity_id, action, version, meta, created_at)
            SELECT merchant_id, store_id, 1 + (SELECT MAX(sequence) FROM audit_log WHERE store_id = 1), id, 'tracking_corrected',
                   1 + (SELECT MAX(version) FROM audit_log WHERE entity_id = @id),
                   json_object('shipping_status', 'shipped', 'tracking_code', hex(zeroblob(32768))), 0
              FROM orders
             WHERE id = @id
            """, new { id = order.Number("id") });
    }

    private async Task<Socket> SmallSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, Deadline);
        return socket;
    }
}
