namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// How far the log of each store that somebody listens to has been announced. A listener reads the log once more after
/// <see cref="Enter"/>: what is announced then or later it hears, and all that is older it reads.
/// </summary>
/// <param name="latest">Reads a store's latest sequence.</param>
internal sealed class StorePositions(Func<long, long> latest)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Position> _stores = [];

    /// <summary>One more listens to the store, and can be told by now. <see cref="Leave"/> follows, even where this fails.</summary>
    public void Enter(long storeId)
    {
        Position? store;
        lock (_lock)
        {
            if (!_stores.TryGetValue(storeId, out store))
                _stores[storeId] = store = new();
            store.Listeners++;
            if (store.Sequence is not null)
                return;
        }
        // Several may read at once, and the first sets it: what lies before it is in the log by now, which each of them still reads.
        var sequence = latest(storeId);
        lock (_lock)
            store.Sequence ??= sequence;
    }

    /// <summary>One less listens to the store. The last one takes its position away.</summary>
    public void Leave(long storeId)
    {
        lock (_lock)
        {
            if (_stores.TryGetValue(storeId, out var store) && --store.Listeners == 0)
                _stores.Remove(storeId);
        }
    }

    /// <summary>
    /// All who listen to the store were told up to this sequence. It may come from a page that was read for others, who have left: the
    /// position never goes back, and does not start here.
    /// </summary>
    public void Advance(long storeId, long sequence)
    {
        lock (_lock)
        {
            if (_stores.TryGetValue(storeId, out var store) && store.Sequence < sequence)
                store.Sequence = sequence;
        }
    }

    /// <summary>The sequence that was announced last, by store.</summary>
    public Dictionary<long, long> Snapshot()
    {
        lock (_lock)
        {
            var positions = new Dictionary<long, long>(_stores.Count);
            foreach (var (storeId, store) in _stores)
                if (store.Sequence is { } sequence)
                    positions[storeId] = sequence;
            return positions;
        }
    }

    private sealed class Position
    {
        public int Listeners { get; set; }

        /// <summary>Null while it is being read.</summary>
        public long? Sequence { get; set; }
    }
}
