using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// Compares a pickup code. Four digits are soon tried out: after five wrong ones an order takes no code for a minute, on no node.
/// </summary>
internal static class WrongCodes
{
    private const int MostTries = 5;

    private static readonly TimeSpan Closed = TimeSpan.FromMinutes(1);

    internal static Refusal TooMany { get; } = new(Reason.TooManyRequests,
        "Five codes were wrong: this order takes none for a minute. A manager or the owner may hand it over without one.");

    internal static Refusal NotThisCode { get; } = Refusal.Invalid("pickup_code", "This is not the code of this order.");

    /// <summary>Why the order is not handed over for this code, or null. It counts what is wrong.</summary>
    /// <param name="db">A write transaction, which has locked the order: no two guesses are compared at the same time.</param>
    /// <param name="order">The order.</param>
    /// <param name="code">What the customer shows.</param>
    /// <param name="now">The time.</param>
    public static Refusal? Check(DbConnection db, Order order, string code, DateTimeOffset now)
    {
        var kept = db.QuerySingleOrDefault<Tries>("SELECT wrong, last_at FROM wrong_codes WHERE order_id = @Id", new { order.Id });
        var wrong = kept is not null && (now - kept.LastAt).Duration() < Closed ? kept.Wrong : 0;
        if (wrong >= MostTries)
            return TooMany;
        if (order.PickupCode == code)
        {
            if (kept is not null)
                db.Execute("DELETE FROM wrong_codes WHERE order_id = @Id", new { order.Id });
            return null;
        }
        db.Execute("DELETE FROM wrong_codes WHERE last_at <= @expired AND order_id <> @Id", new { expired = now - Closed, order.Id });
        db.Execute(CountSql, new { order.Id, wrong = wrong + 1, now });
        return NotThisCode;
    }

    private const string CountSql = """
        INSERT INTO wrong_codes (order_id, wrong, last_at) VALUES (@Id, @wrong, @now)
            ON CONFLICT (order_id) DO UPDATE SET wrong = excluded.wrong, last_at = excluded.last_at
        """;

    private sealed record Tries
    {
        public long Wrong { get; init; }
        public DateTimeOffset LastAt { get; init; }
    }
}
