using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>Connections that break all the time while orders move: nobody misses an event.</summary>
public sealed class DroppedSubscriberTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whoever_is_dropped_at_random_under_load_has_in_the_end_heard_exactly_the_log()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        await using var app = new StoreFlowApp();
        var file = Path.Combine(app.Started().Folder, "storeflow.db");
        await using var crowd = new Crowd(() => app.Address, seed);
        var parcel = await app.OrderIn("shipped", "shipping");
        var subscribers = new List<Subscriber>();
        for (var i = 0; i < 4; i++)
        {
            subscribers.Add(Subscriber.OnHub(() => app.Address, store: 1 + (i % 2), new Random(seed + i)));
            subscribers.Add(Subscriber.OnStream(() => app.Address, store: 1 + (i % 2), new Random(seed + 10 + i)));
        }
        await using var customer = Subscriber.OnOrder(() => app.Address, parcel.Text("public_id"), version: 1, new Random(seed + 20));
        crowd.KeepCorrecting(parcel.Number("id"));
        crowd.Start(writers: 4);

        await Task.Delay(Effort.Of(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(60)));
        // A slow machine drops fewer in that time.
        foreach (var subscriber in subscribers.Append(customer))
            await Eventually.Holds(() => subscriber.HasComeBack(6), $"{subscriber.Who} was connected {subscriber.Connections} times only.");
        await crowd.Finish();

        for (var i = 0; i < subscribers.Count; i++)
            await subscribers[i].HasHeard(Ledger.HistoryOfStore(file, 1 + (i / 2 % 2)));
        await customer.HasHeard(Ledger.HistoryOfOrder(file, parcel.Text("public_id"), after: 1));
        crowd.Ledger.Check(file);
        var (connections, events) = (
            subscribers.Sum(subscriber => subscriber.Connections), subscribers.Sum(subscriber => subscriber.History().Count));
        output.WriteLine($"{connections} connections heard {events} events, and none was missed.");
    }
}
