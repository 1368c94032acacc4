namespace StoreFlow.Features.Figures;

/// <summary>
/// How long orders took, over all of them and by group. Each kind of time is sorted once and then dealt out to the groups, which
/// are sorted thereby (docs/performance.md, "Figures").
/// </summary>
internal static class OrderTimes
{
    private static readonly Func<PlacedOrder, long?>[] Kinds =
    [
        order => order.AcceptedAt - order.CreatedAt,
        order => order.StartedAt - order.CreatedAt,
        order => order.ReadyAt - order.CreatedAt,
        order => order.Ships ? null : order.CompletedAt - order.ReadyAt,
        order => order.Ships ? order.CompletedAt - order.ReadyAt : null,
    ];

    /// <param name="orders">The orders.</param>
    /// <param name="groupings">For each grouping the group of each order.</param>
    /// <param name="sizes">How many groups each grouping has.</param>
    /// <returns>For each grouping the times of each group.</returns>
    public static FiguresView.Durations[][] Of(IReadOnlyList<PlacedOrder> orders, int[][] groupings, int[] sizes)
    {
        var kinds = Kinds.AsParallel().AsOrdered().Select(kind => OfKind(orders, kind, groupings, sizes)).ToArray();
        return
        [
            .. sizes.Select((size, grouping) => Enumerable.Range(0, size).Select(group => new FiguresView.Durations(
                kinds[0][grouping][group], kinds[1][grouping][group], kinds[2][grouping][group], kinds[3][grouping][group],
                kinds[4][grouping][group])).ToArray()),
        ];
    }

    private static FiguresView.Duration[][] OfKind(
        IReadOnlyList<PlacedOrder> orders, Func<PlacedOrder, long?> kind, int[][] groupings, int[] sizes)
    {
        var (times, places, count) = (new long[orders.Count], new int[orders.Count], 0);
        for (var i = 0; i < orders.Count; i++)
            if (kind(orders[i]) is { } time)
                (times[count], places[count++]) = (time, i);
        Array.Sort(times, places, 0, count);
        return [.. groupings.Select((groupOf, grouping) =>
        {
            var groups = Enumerable.Range(0, sizes[grouping]).Select(_ => new List<long>()).ToArray();
            for (var i = 0; i < count; i++)
                groups[groupOf[places[i]]].Add(times[i]);
            return groups.Select(OfSorted).ToArray();
        })];
    }

    /// <summary>By nearest rank; of an even count the median is the mean of both in the middle.</summary>
    private static FiguresView.Duration OfSorted(List<long> milliseconds)
    {
        var count = milliseconds.Count;
        return count == 0
            ? new(null, null, 0)
            : new(
                (milliseconds[(count - 1) / 2] + milliseconds[count / 2]) / 2000.0,
                milliseconds[(int)Math.Ceiling(count * 0.9) - 1] / 1000.0,
                count);
    }
}
