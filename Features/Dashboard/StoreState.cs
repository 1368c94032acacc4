using System.Data.Common;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Dashboard;

/// <summary>Whether a store is busy or paused, as the board's link to that page tells it.</summary>
/// <param name="Told">The link's words.</param>
/// <param name="IsUsual">It is neither.</param>
internal sealed record StoreState(string Told, bool IsUsual)
{
    public static StoreState Usual(StaffTexts texts) => new(texts["Busy, pause, sold out"], IsUsual: true);

    public static StoreState Of(StaffTexts texts, StoreSchedule schedule, DateTimeOffset now)
    {
        string Until(DateTimeOffset? end) => texts.Language.Told(end!.Value, schedule.Zone, now);
        return !schedule.IsActive ? new(texts["Takes no orders"], false)
            : schedule.IsPaused(now) ? new(texts["Paused until {0}", Until(schedule.PausedUntil)], false)
            : schedule.IsBusy(now) ? new(texts["Busy: +{0} min until {1}", schedule.Busy.TotalMinutes, Until(schedule.BusyUntil)], false)
            : Usual(texts);
    }
}

/// <summary>What a store sold on a day.</summary>
/// <param name="Orders">Orders that were not cancelled.</param>
/// <param name="Amount">Their totals, in the store's currency.</param>
internal sealed record Takings(long Orders, string Amount)
{
    public static Takings Of(Language language, DbConnection db, long storeId, DateTimeOffset since)
    {
        var row = db.QuerySingle<Row>(Sql, new { storeId, since });
        return new(row.Orders, language.Money(row.Total, row.Currency));
    }

    private const string Sql = """
        SELECT s.currency, COUNT(o.id) AS orders, COALESCE(SUM(o.total), 0) AS total
          FROM stores s
          LEFT JOIN orders o ON o.store_id = s.id AND o.created_at >= @since AND o.cancelled_at IS NULL
         WHERE s.id = @storeId
         GROUP BY s.currency
        """;

    private sealed record Row
    {
        public required string Currency { get; init; }
        public long Orders { get; init; }
        public long Total { get; init; }
    }
}
