using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Orders;

/// <summary>How a store hands orders over.</summary>
public sealed record CounterRules
{
    /// <summary>Whether it hands over for the customer's code only.</summary>
    public bool AsksForCode { get; init; }

    /// <summary>What has been ready for longer was not collected.</summary>
    public int NotCollectedDays { get; init; }

    public static CounterRules Of(DbConnection db, long storeId) => db.QuerySingle<CounterRules>(
        "SELECT asks_for_code, not_collected_days FROM stores WHERE id = @storeId", new { storeId });

    /// <summary>Whether it waits for its customer to collect it.</summary>
    public static bool IsAtCounter(OrderView order) => order.FulfilmentType is FulfilmentType.Pickup
        && Lifecycle.Of(order.FulfilmentType, order.Status).Column is Column.Waiting;

    /// <summary>Since how many days an order that nobody collected lies there; null where it is not that long.</summary>
    public int? NotCollectedFor(OrderView order, DateTimeOffset now) =>
        IsAtCounter(order) && order.ReadyAt is { } ready
            && (now - ready).TotalDays is var days && days >= NotCollectedDays
            ? (int)days
            : null;
}
