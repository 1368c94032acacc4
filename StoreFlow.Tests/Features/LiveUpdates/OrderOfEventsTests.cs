using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>
/// The sequence is the order of the commits, without gaps, however many steps commit at once. Every listener gets that order.
/// </summary>
public sealed class OrderOfEventsTests
{
    [Fact]
    public async Task Many_steps_at_once_are_heard_in_commit_order_without_a_gap()
    {
        await using var app = new StoreFlowApp();
        await using var hub = await LiveClient.OnStore(app, 1);
        using var stream = await EventStreamClient.OfStore(app, 1);
        await using var elsewhere = await LiveClient.OnStore(app, 2);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var order = 0; order < 4; order++)
                await (i % 2 == 0 ? app.OrderIn("completed") : app.OrderIn("delivered", "shipping"));
        })));

        var written = Written(app);
        Assert.Equal(32 * 5 + 32 * 7, written.Count); // a shipping order announces two of its steps with two events each
        var heard = await hub.Next(written.Count);
        Assert.Equal(written, heard.Select(Told));
        Assert.Equal(written, (await stream.Next(written.Count)).Select(one => Told((one.Name, one.Payload))));
        Assert.Equal(
            Enumerable.Range(1, 64 * 5).Select(sequence => (long)sequence),
            heard.Select(one => one.Payload.Number("sequence")).Distinct());

        // The other store has got none of these events: the first one it gets is its own.
        var next = await app.PendingOrder(store: 2);
        Assert.Equal(next.Number("id"), (await elsewhere.Next()).Payload.Number("order_id"));
    }

    private static (string Name, long Sequence, long OrderId, long Version) Told((string Name, JsonElement Payload) heard) =>
        (heard.Name, heard.Payload.Number("sequence"), heard.Payload.Number("order_id"), heard.Payload.Number("version"));

    /// <summary>The events that the audit log announces, in the order of its commits.</summary>
    private static List<(string, long, long, long)> Written(StoreFlowApp app)
    {
        using var db = app.OpenDatabase();
        return [.. db.Query<(long Sequence, long OrderId, long Version, string Action, string? NewStatus)>(
                "SELECT sequence, entity_id, version, action, json_extract(meta, '$.new_status') "
                + "FROM audit_log WHERE store_id = 1 ORDER BY id")
            .SelectMany(row => row switch
            {
                { Action: "order_created" } => new[] { ("OrderCreated", row.Sequence, row.OrderId, row.Version) },
                { NewStatus: "shipped" or "delivered" } =>
                [
                    ("OrderStatusUpdated", row.Sequence, row.OrderId, row.Version),
                    ("ShippingUpdated", row.Sequence, row.OrderId, row.Version),
                ],
                _ => [("OrderStatusUpdated", row.Sequence, row.OrderId, row.Version)],
            })];
    }
}
