namespace StoreFlow.Tests;

/// <summary>Two people click at once, and thirty more: exactly one wins, the others learn the truth.</summary>
public sealed class RaceTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_32_on_one_step_exactly_one_wins(bool withVersion)
    {
        var order = await app.PendingOrder();
        var id = order.Number("id");
        await using var live = await LiveClient.OnStore(app, 1);
        object? body = withVersion ? new { version = order.Number("version") } : null;
        var clients = Enumerable.Range(0, 32).Select(_ => app.As(StoreFlowApp.Staff)).ToList();

        var answers = await Task.WhenAll(clients.Select(client => Task.Run(() => client.Post($"/orders/{id}/accept", body))));

        Assert.Single(answers, answer => answer.Status == 200);
        var losers = answers.Where(answer => answer.Status == 409).ToList();
        Assert.Equal(31, losers.Count);
        Assert.All(losers, loser =>
        {
            Assert.Equal(withVersion ? "order_stale" : "transition_not_allowed", loser.Body.Text("code"));
            Assert.Equal("accepted", loser.Body.GetProperty("current").Text("status"));
            Assert.Equal(2, loser.Body.GetProperty("current").Number("version"));
        });
        var (_, now) = await app.As(StoreFlowApp.Staff).Get($"/orders/{id}");
        Assert.Equal(order.Number("version") + 1, now.Number("version"));
        var (_, history) = await app.As(StoreFlowApp.Staff).Get($"/orders/{id}/history");
        Assert.Equal(["order_created", "status_changed"], history.GetProperty("entries").EnumerateArray().Select(entry => entry.Text("action")));

        // The next event after the winner's is the next order's: the losers announced nothing.
        var next = await app.PendingOrder();
        var heard = await live.Next(2);
        Assert.Equal("OrderStatusUpdated", heard[0].Name);
        Assert.Equal(id, heard[0].Payload.Number("order_id"));
        Assert.Equal("OrderCreated", heard[1].Name);
        Assert.Equal(next.Number("id"), heard[1].Payload.Number("order_id"));
    }
}
