using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Features.LiveUpdates;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>A client that drops and comes back with the last sequence it saw gets the rest, each event once and in order.</summary>
public sealed class ResumeTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task A_hub_client_that_drops_again_and_again_while_steps_go_on()
    {
        var start = app.LatestSequence();
        var steps = StepOn(8);
        var seen = new List<long>();
        while (seen.Count < 8 * 5)
        {
            await using var client = await LiveClient.OnStore(app, 1, after: start + seen.Count);
            for (var i = 0; i < 7 && seen.Count < 8 * 5; i++)
                seen.Add((await client.Next()).Payload.Number("sequence"));
        }
        await steps;
        Assert.Equal(Sequences(start, 8 * 5), seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_stream_that_drops_again_and_again_while_steps_go_on(bool byHeader)
    {
        var start = app.LatestSequence();
        var steps = StepOn(8);
        var seen = new List<long>();
        while (seen.Count < 8 * 5)
        {
            var last = start + seen.Count;
            // A browser sends the header by itself, to the address that it had from the start, so the header wins.
            using var stream = byHeader
                ? await EventStreamClient.OfStore(app, 1, after: 0, lastEventId: last)
                : await EventStreamClient.OfStore(app, 1, after: last);
            for (var i = 0; i < 7 && seen.Count < 8 * 5; i++)
                seen.Add((await stream.Next()).Id!.Value);
        }
        await steps;
        Assert.Equal(Sequences(start, 8 * 5), seen);
    }

    [Fact]
    public async Task More_than_one_page_was_missed_and_steps_go_on_meanwhile()
    {
        var start = app.LatestSequence();
        await app.PlaceOrders(1100);

        var steps = StepOn(8);
        await using var hub = await LiveClient.OnStore(app, 1, after: start);
        using var stream = await EventStreamClient.OfStore(app, 1, after: start);

        Assert.Equal(Sequences(start, 1140), (await hub.Next(1140)).Select(heard => heard.Payload.Number("sequence")));
        Assert.Equal(Sequences(start, 1140), (await stream.Next(1140)).Select(heard => heard.Id!.Value));
        await steps;
    }

    [Fact]
    public async Task More_than_one_page_happens_while_the_last_page_of_what_was_missed_is_still_being_sent()
    {
        var start = app.LatestSequence();
        await app.PlaceOrders(3);
        var actor = new Actor { UserId = 1, TokenId = 1, Name = "Olga" };

        // Reads the feed itself: no other client can be as slow as this to the event.
        var feed = app.Started().Services.GetRequiredService<Feed>();
        await using var events = feed.OfStore(actor, 1, start)!.Value.Events.GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await app.PlaceOrders(700);

        var seen = new List<long> { ((Announcement)events.Current).Sequence };
        while (seen[^1] < start + 703 && await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)))
        {
            seen.AddRange(events.Current is Announcement announcement ? [announcement.Sequence] : Array.Empty<long>());
            Assert.Equal(start + seen.Count, seen[^1]);
            if (seen[^1] == start + 503)
                await app.PlaceOrders(1); // heard live: all earlier events have to come first
        }
        Assert.Equal(Sequences(start, 703), seen);
    }

    [Fact]
    public async Task A_position_below_zero_is_no_obstacle()
    {
        await app.PlaceOrders(1);
        using var past = await EventStreamClient.OfStore(app, 1, after: -5);
        Assert.Equal(1, (await past.Next()).Id);
    }

    /// <summary>After a restore, the next events have sequences that the client has seen already, and would skip.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public async Task A_position_beyond_the_end_is_told_to_start_over(long beyond)
    {
        var latest = app.LatestSequence(store: 2);
        var after = beyond == long.MaxValue ? beyond : latest + beyond;
        var staff = app.As(StoreFlowApp.Owner);

        var asked = await staff.Get($"/stores/2/orders/events?after={after}");
        asked.Is(400, "invalid_request", "after");
        var sentence = $"This store's events end at {latest}. Start over without after, and read the orders anew.";
        Assert.Equal(sentence, asked.Body.Text("detail"));

        staff.DefaultRequestHeaders.Add("Last-Event-ID", $"{after}");
        (await staff.Get("/stores/2/orders/events?after=0")).Is(400, "invalid_request", "Last-Event-ID");

        await using var hub = await LiveClient.Connect(app, StoreFlowApp.Owner);
        var refused = await Assert.ThrowsAsync<HubException>(() => hub.Connection.InvokeAsync<long>("SubscribeStore", 2, after));
        Assert.EndsWith($"invalid_request: {sentence}", refused.Message);

        // The refused call listens to nothing. The next call starts over.
        Assert.Equal(latest, await hub.Connection.InvokeAsync<long>("SubscribeStore", 2, null));
        await app.PlaceOrders(1, store: 2);
        Assert.Equal(latest + 1, (await hub.Next()).Payload.Number("sequence"));
        // Another merchant's store is not found, whatever its last sequence is.
        Assert.Equal(404, (await app.As(StoreFlowApp.Rival).Get($"/stores/2/orders/events?after={after}")).Status);
    }

    [Theory]
    [InlineData("shipped")]
    [InlineData("delivered")]
    public async Task Cut_off_between_the_two_events_of_a_step_it_hears_the_second_after_all(string status)
    {
        var order = await app.OrderIn(status, "shipping");
        var (sequence, publicId) = (app.LatestSequence(), order.Text("public_id"));
        await app.PlaceOrders(1);

        // It saw OrderStatusUpdated and its sequence, no more.
        await using var hub = await LiveClient.OnStore(app, 1, after: sequence);
        using var stream = await EventStreamClient.OfStore(app, 1, lastEventId: sequence);
        using var customer = await EventStreamClient.Open(app, $"/customer/{publicId}/order/events", lastEventId: order.Number("version"));

        var ofCustomer = (await customer.Next(2))[1];
        foreach (var (name, payload) in new[]
        {
            await hub.Next(), await Heard(stream), (ofCustomer.Name, ofCustomer.Payload),
        })
        {
            Assert.Equal(("ShippingUpdated", publicId, status), (name, payload.Text("public_id"), payload.Text("shipping_status")));
        }
        var (next, created) = await hub.Next();
        Assert.Equal(("OrderCreated", sequence + 1), (next, created.Number("sequence")));
        Assert.Equal(sequence + 1, (await stream.Next()).Id);

        static async Task<(string, System.Text.Json.JsonElement)> Heard(EventStreamClient stream)
        {
            var heard = await stream.Next();
            return (heard.Name, heard.Payload);
        }
    }

    /// <summary>Moves this many orders from checkout to collected, four at a time: five events each.</summary>
    private Task StepOn(int orders) => Task.Run(() => Parallel.ForAsync(0, orders, new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (_, _) => await app.OrderIn("completed")));

    private static IEnumerable<long> Sequences(long after, int count) => Enumerable.Range(1, count).Select(i => after + i);
}
