using StoreFlow.Tests.Features.Webhooks;

namespace StoreFlow.Tests.Faults;

/// <summary>The server dies while it tells a web hook: nothing is lost, and what comes twice has the same id.</summary>
public sealed class DeliveryKillTests
{
    /// <param name="place">Before the message is sent, or after it has arrived and before that is written down.</param>
    /// <param name="comes">How often the first message comes.</param>
    [Theory]
    [InlineData("delivering", 1)]
    [InlineData("delivered", 2)]
    public async Task After_a_kill_everything_arrives_in_order(string place, int comes)
    {
        await using var receiver = await Receiver.Start();
        await using var server = new RestartableServer();
        var allowed = ("StoreFlow__Webhooks__AllowPrivateAddresses", "true");
        server.Start(allowed, ("STOREFLOW_FAILPOINT", place));
        using var owner = await Client(server);
        Assert.Equal(201, (await owner.Post(
            "/webhooks", new { url = receiver.Url, events = new[] { "OrderCreated", "OrderStatusUpdated" } })).Status);
        owner.DefaultRequestHeaders.Add("Idempotency-Key", "before the kill");
        try
        {
            await owner.Post("/checkout", Scenarios.CheckoutBody());
        }
        catch (HttpRequestException)
        {
            // It may die between the commit and its answer. The same request gets that answer afterwards.
        }
        Assert.NotEqual(0, await server.Process.Exit());
        await server.Kill();

        server.Start(allowed);
        using var again = await Client(server);
        again.DefaultRequestHeaders.Add("Idempotency-Key", "before the kill");
        var (_, placed) = await again.Post("/checkout", Scenarios.CheckoutBody());
        again.DefaultRequestHeaders.Remove("Idempotency-Key");
        var (_, orders) = await again.Get("/stores/1/orders");
        var order = orders.GetProperty("orders")[0];
        Assert.Equal(placed.Text("public_id"), order.Text("public_id"));
        Assert.Equal(200, (await again.Post($"/orders/{order.Number("id")}/accept")).Status);
        await Eventually.Holds(() => receiver.Heard.Any(message => message.Told == "OrderStatusUpdated 2"), "The step is not told.");

        Assert.Equal(
            [.. Enumerable.Repeat("OrderCreated 1", comes), "OrderStatusUpdated 2"], receiver.Heard.Select(message => message.Told));
        Assert.Equal(2, receiver.Heard.Select(message => message.Id).Distinct().Count());
    }

    private static async Task<HttpClient> Client(RestartableServer server)
    {
        await server.Listening();
        var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", StoreFlowApp.Owner);
        return client;
    }
}
