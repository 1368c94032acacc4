using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Features.Webhooks;

namespace StoreFlow.Tests.Postgres;

/// <summary>The receiver of a web hook for store 1, which compares what it was told with the log.</summary>
internal sealed class ToldReceiver : IAsyncDisposable
{
    private readonly Receiver _receiver;

    private ToldReceiver(Receiver receiver) => _receiver = receiver;

    /// <summary>Makes the web hook, before the first order.</summary>
    public static async Task<ToldReceiver> Of(Uri node)
    {
        var receiver = await Receiver.Start();
        using var owner = StoreFlowProcess.ClientOf(node, StoreFlowApp.Owner);
        var (status, hook) = await owner.Post(
            "/webhooks", new { url = receiver.Url, events = new[] { "OrderCreated", "OrderStatusUpdated" }, store_ids = new[] { 1 } });
        Assert.True(status == 201, hook.ToString());
        return new(receiver);
    }

    /// <summary>How many messages have come.</summary>
    public int Count => _receiver.Heard.Count;

    /// <summary>Waits until all was told that the log says. Each order's events came in their order.</summary>
    /// <param name="setting">The database.</param>
    /// <param name="twice">
    /// How many messages may have come a second time: one for each time that a node was stopped between sending it and writing that down.
    /// </param>
    public async Task WasToldAll(string setting, int twice)
    {
        var expected = Ledger.HistoryOfStore(setting, 1)
            .Where(line => !line.Contains(" ShippingUpdated ", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        await Eventually.Holds(() => Messages().Count >= expected.Count, "Not all deliveries were sent.");

        var messages = Messages();
        Assert.Equal(expected, messages.Select(Line).Order(StringComparer.Ordinal));
        Assert.All(messages.GroupBy(message => message.Data.Text("public_id")), order =>
        {
            var versions = order.Select(message => message.Data.Number("version")).ToList();
            Assert.Equal(versions.Order(), versions);
        });
        Assert.InRange(Count - messages.Count, 0, twice);
    }

    /// <summary>What came, each message once.</summary>
    private List<Receiver.Message> Messages() => [.. _receiver.Heard.DistinctBy(message => message.Id)];

    private static string Line(Receiver.Message message)
    {
        var (name, data) = (message.Json.Text("type"), message.Data);
        return Ledger.Line(
            data.Number("sequence"), name, data.Text("public_id"), data.Number("version"), Subscriber.What(name, data));
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();
}
