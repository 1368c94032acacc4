using System.Globalization;
using StoreFlow.Tests.Faults;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// A crowd at work on several nodes, and subscribers who listen to it. In the end what all of them know has to be what the log says.
/// </summary>
internal sealed class NodeLoad : IAsyncDisposable
{
    private readonly string _setting;
    private readonly List<(long Store, Subscriber Subscriber)> _subscribers;

    /// <param name="setting">The database.</param>
    /// <param name="next">Gives a node that serves, a next one with each call.</param>
    /// <param name="each">Gives each of the nodes, which all have a subscriber of their own.</param>
    public NodeLoad(string setting, Func<Uri?> next, IEnumerable<Func<Uri?>> each)
    {
        _setting = setting;
        Crowd = new(next, Seed);
        Crowd.Start(writers: 6);
        _subscribers =
        [
            (1, Subscriber.OnHub(next, store: 1, new Random(Seed))),
            (2, Subscriber.OnStream(next, store: 2, new Random(Seed))),
            .. each.Select(node => (1L, Subscriber.OnStream(node, store: 1))),
        ];
    }

    /// <summary>On nodes that are processes.</summary>
    public NodeLoad(string setting, NodeProcesses nodes)
        : this(setting, nodes.Next, Enumerable.Range(0, nodes.Count).Select(node => (Func<Uri?>)(() => nodes[node])))
    {
    }

    /// <summary>The seed of all that is chosen.</summary>
    public static int Seed { get; } = int.Parse(
        Environment.GetEnvironmentVariable("STOREFLOW_SEED") ?? $"{Environment.TickCount}", CultureInfo.InvariantCulture);

    public Crowd Crowd { get; }

    /// <summary>Waits until so many further steps are acknowledged. Fails where somebody got an answer that must not occur.</summary>
    public async Task GoesOn(int steps, string otherwise)
    {
        var enough = Crowd.Ledger.Acknowledged + steps;
        await Eventually.Holds(async () =>
        {
            await Crowd.CheckSoFar();
            return Crowd.Ledger.Acknowledged >= enough;
        }, otherwise);
    }

    /// <summary>
    /// Ends the crowd. Each acknowledged step is there once, sequences have no gaps, <c>verify</c> finds nothing, and each subscriber has
    /// heard the log.
    /// </summary>
    public async Task IsWhole()
    {
        await Crowd.Finish();
        Crowd.Ledger.Check(_setting);
        Crowd.Ledger.CheckThatNoCheckoutHasTwoOrders(_setting);
        foreach (var (store, subscriber) in _subscribers)
            await subscriber.HasHeard(Ledger.HistoryOfStore(_setting, store));
    }

    public async ValueTask DisposeAsync()
    {
        await Crowd.DisposeAsync();
        foreach (var (_, subscriber) in _subscribers)
            await subscriber.DisposeAsync();
    }
}
