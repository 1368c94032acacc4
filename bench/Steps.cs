namespace StoreFlow.Bench;

/// <summary>
/// The steps there are to take: every pending order is accepted, in random order, then all are taken one further, and
/// so on to the end. Each names the version that it acts on, as the pages do.
/// </summary>
internal sealed class Steps(IReadOnlyList<SeededFile.Order> orders)
{
    private static readonly string[] Pickup = ["accept", "start-preparation", "mark-ready", "complete"];
    private static readonly string[] Shipping = ["accept", "start-packing", "ship", "mark-delivered"];
    private static readonly string[] Bodies =
        ["""{"version":1}""", """{"version":2}""", """{"version":3}""", """{"version":4}""", """{"version":3,"tracking_code":"1Z-999-AA1"}"""];

    private int _taken = -1;

    public int Next(Span<byte> into)
    {
        var (round, which) = Math.DivRem(Interlocked.Increment(ref _taken), orders.Count);
        if (round >= Pickup.Length)
            return 0;
        var order = orders[which];
        var step = (order.Ships ? Shipping : Pickup)[round];
        return Requests.Post(into, $"/orders/{order.Id}/{step}", step == "ship" ? Bodies[^1] : Bodies[round]);
    }
}
