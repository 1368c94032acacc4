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

    /// <summary>Since how many days an order that nobody collected lies there; null where it is not that long.</summary>
    public int? NotCollectedFor(OrderView order, DateTimeOffset now) =>
        order is { FulfilmentType: FulfilmentType.Pickup, ReadyAt: { } ready }
            && Lifecycle.Of(order.FulfilmentType, order.Status).Column is Column.Waiting
            && (now - ready).TotalDays is var days && days >= NotCollectedDays
            ? (int)days
            : null;
}
