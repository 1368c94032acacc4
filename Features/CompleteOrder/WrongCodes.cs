using System.Collections.Concurrent;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.CompleteOrder;

/// <summary>
/// Compares a pickup code. Four digits are soon tried out: after five wrong ones an order takes no code for a minute. Kept in
/// memory, by each of several nodes for itself: a restart forgets, and staff cannot cause one.
/// </summary>
public sealed class WrongCodes(TimeProvider clock)
{
    private const int MostTries = 5;
    private const int MostOrders = 1000; // then those whose minute is over are removed

    private static readonly TimeSpan Closed = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, Tries> _tries = new();

    private readonly record struct Tries(int Wrong, DateTimeOffset Last);

    /// <summary>Why the order is not handed over for this code, or null. It counts what is wrong.</summary>
    public Refusal? Check(Order order, string code)
    {
        var now = clock.Now();
        var tries = _tries.TryGetValue(order.Id, out var kept) && now - kept.Last < Closed ? kept : default;
        if (tries.Wrong >= MostTries)
            return new(Reason.TooManyRequests,
                "Five codes were wrong: this order takes none for a minute. A manager or the owner may hand it over without one.");
        if (order.PickupCode == code)
        {
            _tries.TryRemove(order.Id, out _);
            return null;
        }
        if (_tries.Count >= MostOrders)
            foreach (var (id, other) in _tries)
                if (now - other.Last >= Closed)
                    _tries.TryRemove(id, out _);
        _tries[order.Id] = new(tries.Wrong + 1, now);
        return Refusal.Invalid("pickup_code", "This is not the code of this order.");
    }
}
