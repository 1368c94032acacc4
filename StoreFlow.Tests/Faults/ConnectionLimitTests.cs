using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace StoreFlow.Tests.Faults;

/// <summary>A connection over the limit is refused, is let in once another has left, and never disturbs those who are in.</summary>
public sealed class ConnectionLimitTests
{
    private sealed class SmallApp : LoggedApp
    {
        protected override Dictionary<string, string> Settings =>
            new() { ["StoreFlow:Connections"] = "12", ["StoreFlow:WebSockets"] = "3" };

        // These tests cause its warnings and read them from the collected log; a quiet run does not print them, too.
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureLogging(logging =>
                logging.AddFilter<ConsoleLoggerProvider>("StoreFlow.Infrastructure.ConnectionLimits", LogLevel.Error));
        }
    }

    [Fact]
    public async Task One_connection_too_many_is_answered_busy_and_gets_in_when_another_leaves()
    {
        using var app = new SmallApp();
        var inside = new List<RawConnection>();
        for (var i = 0; i < 12; i++)
        {
            inside.Add(await RawConnection.Open(app.Address));
            await inside[^1].Get("/stores/1/catalogue");
            Assert.StartsWith("HTTP/1.1 200", await inside[^1].Hear("\r\n0\r\n"));
        }

        using (var outside = await RawConnection.Open(app.Address))
        {
            await outside.Get("/stores/1/catalogue");
            var refusal = await outside.HearAll();
            Assert.StartsWith("HTTP/1.1 503", refusal);
            Assert.Contains("\r\nRetry-After: 1\r\n", refusal);
            Assert.Contains("\"code\":\"busy\"", refusal);
        }
        using (var outside = await RawConnection.Open(app.Address))
        {
            await outside.Get("/healthz");
            Assert.StartsWith("HTTP/1.1 200", await outside.HearAll());   // the server still answers
        }
        await inside[0].Get("/stores/1/catalogue");
        Assert.StartsWith("HTTP/1.1 200", await inside[0].Hear("\r\n0\r\n"));

        inside[^1].Dispose();
        await Eventually.Holds(async () =>
        {
            using var outside = await RawConnection.Open(app.Address);
            await outside.Get("/stores/1/catalogue", "Connection: close\r\n");
            return (await outside.HearAll()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }, "The place that became free was not given to anybody.");
        inside.ForEach(connection => connection.Dispose());
        Assert.Single(app.Logged, entry => entry.Contains("All 12 connections of the server are taken"));
        Assert.Single(app.Logged);
    }

    [Fact]
    public async Task A_full_server_has_places_left_for_staff()
    {
        using var app = new SmallApp();
        var order = await app.PendingOrder();
        var full = new List<RawConnection>();
        await Eventually.Holds(async () =>
        {
            full.Add(await RawConnection.Open(app.Address));
            await full[^1].Get("/stores/1/catalogue");
            return (await full[^1].Hear("\r\n0\r\n")).StartsWith("HTTP/1.1 503", StringComparison.Ordinal);
        }, "There is no end of places.");

        using (var staff = await RawConnection.Open(app.Address))
        {
            for (var i = 0; i < 2; i++)
            {
                await staff.Get($"/orders/{order.Number("id")}", $"Authorization: Bearer {StoreFlowApp.Staff}\r\n");
                Assert.StartsWith("HTTP/1.1 200", await staff.Hear("\r\n0\r\n"));
            }
        }
        using (var pretender = await RawConnection.Open(app.Address))
        {
            await pretender.Get($"/orders/{order.Number("id")}", "Authorization: Bearer no-such-token\r\n");
            Assert.StartsWith("HTTP/1.1 503", await pretender.HearAll());
        }
        full.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Staff_have_WebSockets_of_their_own_where_others_have_taken_all()
    {
        using var app = new SmallApp();
        var inside = new List<RawConnection>();
        for (var i = 0; i < 4; i++)
        {
            inside.Add(await RawConnection.Open(app.Address));
            await inside[^1].OpenSocket();
            Assert.StartsWith(i < 3 ? "HTTP/1.1 101" : "HTTP/1.1 503", await inside[^1].Hear("\r\n\r\n"));
        }
        await using var staff = await LiveClient.OnStore(app, 1, token: StoreFlowApp.Staff);
        await app.PlaceOrders(1);
        Assert.Equal("OrderCreated", (await staff.Next()).Name);
        using var socket = await RawConnection.Open(app.Address);
        await socket.OpenSocket($"Authorization: Bearer {StoreFlowApp.Staff}\r\n");
        Assert.StartsWith("HTTP/1.1 101", await socket.Hear("\r\n\r\n"));
        inside.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_and_one_that_has_spoken_is_kept()
    {
        using var app = new LoggedApp();
        using var spoken = await RawConnection.Open(app.Address);
        await spoken.Get("/stores/1/catalogue");
        Assert.StartsWith("HTTP/1.1 200", await spoken.Hear("\r\n0\r\n"));
        using (var silent = await RawConnection.Open(app.Address))
            Assert.Equal("", await silent.HearAll().WaitAsync(TimeSpan.FromSeconds(60))); // Kestrel itself would wait 75
        await spoken.Get("/stores/1/catalogue");
        Assert.StartsWith("HTTP/1.1 200", await spoken.Hear("\r\n0\r\n"));
        Assert.Empty(app.Logged);
    }

    [Fact]
    public async Task One_WebSocket_too_many_is_answered_busy_and_a_client_takes_another_way()
    {
        using var app = new SmallApp();
        var inside = new List<RawConnection>();
        for (var i = 0; i < 3; i++)
        {
            inside.Add(await RawConnection.Open(app.Address));
            await inside[^1].OpenSocket();
            Assert.StartsWith("HTTP/1.1 101", await inside[^1].Hear("\r\n\r\n"));
        }

        using (var outside = await RawConnection.Open(app.Address))
        {
            await outside.OpenSocket();
            var refusal = await outside.Hear("\"busy\"");
            Assert.StartsWith("HTTP/1.1 503", refusal);
            Assert.Contains("\r\nRetry-After: 1\r\n", refusal);
        }
        await using (var client = await LiveClient.OnStore(app, 1))
        {
            await app.PlaceOrders(1);
            Assert.Equal("OrderCreated", (await client.Next()).Name);
        }

        inside[0].Dispose();
        await Eventually.Holds(async () =>
        {
            using var outside = await RawConnection.Open(app.Address);
            await outside.OpenSocket();
            return (await outside.Hear("\r\n\r\n")).StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
        }, "The place that became free was not given to anybody.");
        inside.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task What_the_server_refuses_before_it_is_a_request_is_no_error_of_the_servers()
    {
        using var app = new LoggedApp();
        foreach (var (head, status) in new[]
        {
            ($"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", HttpStatusCode.RequestUriTooLong),
            ($"GET / HTTP/1.1\r\nHost: x\r\nX-Much: {new string('a', 17_000)}\r\n\r\n", HttpStatusCode.RequestHeaderFieldsTooLarge),
            ($"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 65).Select(i => $"X-{i}: 1\r\n"))}\r\n",
                HttpStatusCode.RequestHeaderFieldsTooLarge),
            ("GET / HTTP/1.1\r\n\r\n", HttpStatusCode.BadRequest),
            ("NO SENSE\r\n\r\n", HttpStatusCode.BadRequest),
            ("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", HttpStatusCode.BadRequest),
            ("POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
                "Content-Length: 10\r\nContent-Length: 20\r\n\r\n{}",
                HttpStatusCode.BadRequest),
            ("POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                HttpStatusCode.BadRequest),
        })
        {
            using var connection = await RawConnection.Open(app.Address);
            await connection.Say(head);
            Assert.StartsWith($"HTTP/1.1 {(int)status}", await connection.HearAll());
        }
        Assert.Empty(app.Logged);
    }
}
