using System.Data.Common;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>What the hand-over page asks about an order's code before it takes the step.</summary>
internal static class CounterCodes
{
    /// <summary>Whether the order is handed over for its code only.</summary>
    public static bool IsNeeded(DbConnection db, long id, Actor actor) =>
        Order.Find(db, id, actor) is { } order && CompleteOrderModule.NeedsCode(order);

    /// <summary>Why the code does not open the order, or null. It counts what is wrong.</summary>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public static Task<Refusal?> CheckAsync(Database database, long id, Actor actor, string code, DateTimeOffset now) =>
        database.WriteAsync(db => Order.FindToChange(db, id, actor) is ({ PickupCode: not null } order, _)
            ? WrongCodes.Check(db, order, code, now)
            : Refusal.NotFound, WriteScope.SideBySide);
}
