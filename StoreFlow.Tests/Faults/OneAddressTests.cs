using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Faults;

/// <summary>What one address does, on as many connections as the server has, disturbs nobody else.</summary>
[Collection(nameof(Alone))]
public sealed class OneAddressTests : IDisposable
{
    private const int Connections = 1100;
    private const string Nuisances = "127.0.0.7"; // not the address of a proxy on this machine, so it counts like any other

    private readonly TestFolder _folder = TestFolder.WithDemoShop();

    public static TheoryData<string> Kinds() =>
        new() { "streams of one order", "slow bodies", "slow readers", "idle connections", "slow headers" };

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public async Task Costs_staff_and_health_checks_nothing(string kind)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Needs all of 127.0.0.0/8 to be addresses of this machine.");
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        var shop = await Shop.Of(server);
        var order = await shop.PendingOrder();
        using var over = new CancellationTokenSource();
        var reached = 0;
        var crowd = Nuisance.Crowd(await server.Address, Nuisances, Connections, async (connection, stop) =>
        {
            Interlocked.Increment(ref reached);
            await Begin(connection, stop);
        }, over.Token);
        await Eventually.Holds(() => reached >= Connections, "The crowd did not gather.");

        var refused = new List<string>();
        for (var probe = 0; probe < 12; probe++)
        {
            await Probe("signs in", 302, client => client.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["email"] = "owner@demo.example",
                ["password"] = SessionClient.Password,
            })));
            await Probe("reads an order", 200, client =>
            {
                client.DefaultRequestHeaders.Authorization = new("Bearer", StoreFlowApp.Staff);
                return client.GetAsync($"/orders/{order.Number("id")}");
            });
            await Probe("asks for its health", 200, client => client.GetAsync("/healthz"));
        }
        await over.CancelAsync();
        await crowd;
        Assert.Empty(refused);

        async Task Probe(string what, int expected, Func<HttpClient, Task<HttpResponseMessage>> ask)
        {
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = await server.Address };
            try
            {
                using var answer = await ask(client);
                if ((int)answer.StatusCode != expected)
                    refused.Add($"{what}: {(int)answer.StatusCode}");
            }
            catch (HttpRequestException fault)
            {
                refused.Add($"{what}: {fault.Message}");
            }
        }

        Task Begin(RawConnection connection, CancellationToken stop) => kind switch
        {
            "streams of one order" => Stream(connection),
            "slow bodies" => SlowBody(connection, stop),
            "slow readers" => SlowReader(connection),
            "idle connections" => connection.HearAll(),
            _ => SlowHeaders(connection, stop),
        };

        async Task Stream(RawConnection connection)
        {
            await connection.Get($"/customer/{order.Text("public_id")}/order/events");
            await connection.HearAll();
        }
    }

    private static async Task SlowBody(RawConnection connection, CancellationToken stop)
    {
        await connection.Say("POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
        await Nuisance.Drip(connection, stop);
    }

    /// <summary>Asks for some megabytes, more than the buffers hold, and reads nothing of it.</summary>
    private static async Task SlowReader(RawConnection connection)
    {
        await connection.Get("/docs/scalar.js");
        await Task.Delay(Timeout.Infinite, new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token);
    }

    private static async Task SlowHeaders(RawConnection connection, CancellationToken stop)
    {
        await connection.Say("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        while (!stop.IsCancellationRequested)
        {
            await connection.Say("a");
            await Task.WhenAny(Task.Delay(1000, stop)); // as slowly as such a sender is
        }
    }

    public void Dispose() => _folder.Dispose();
}
