namespace StoreFlow.Bench;

/// <summary>
/// Steps in random order: every pending order is accepted, then all are taken one step further, and so on to the last
/// step. Each request names the version that it acts on, as the pages do.
/// </summary>
internal sealed class StepRequests(IReadOnlyList<OpenOrder> pending)
{
    private const int StepsToAnOrder = 4;

    private int _taken = -1;

    /// <summary>There was no step left to take, so that what was measured since says nothing.</summary>
    public bool IsUsedUp => Volatile.Read(ref _taken) >= StepsToAnOrder * pending.Count;

    public int WriteNext(Span<byte> request)
    {
        var (round, which) = Math.DivRem(Interlocked.Increment(ref _taken), pending.Count);
        return round < StepsToAnOrder ? Requests.Step(request, pending[which] with { Version = 1 + round }) : 0;
    }
}
