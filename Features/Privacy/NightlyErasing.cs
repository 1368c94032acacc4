using System.Data.Common;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>
/// Each night, and within a minute of the start, erases what is old enough by the merchants' own settings, a few orders to a write. What
/// was erased, by night or by hand, then leaves the search index and the write-ahead log too. Of several nodes one does so.
/// </summary>
internal sealed class NightlyErasing(
    Database database, TimeProvider clock, KeyClock safeClock, ILogger<NightlyErasing> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromHours(3);

    private DateTime? _lastNight;

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        // Not a timer for the next night: machines sleep, and clocks are set.
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!database.OwnsBackgroundWork)
                continue;
            try
            {
                // A clock that is set forward by mistake must not erase what cannot be brought back.
                var now = safeClock.Now();
                var night = TimeZoneInfo.ConvertTime(now - AfterMidnight, clock.LocalTimeZone).Date;
                if (night != _lastNight)
                    await EraseDueAsync(now, cancellationToken);
                _lastNight = night;
                await ErasingLeftovers.RemoveAsync(database, cancellationToken);
            }
            catch (Exception fault) when (fault is BusyException or DbException)
            {
                log.LogWarning("Erasing personal data is tried again in a minute: {Fault}", fault.Message);
            }
        }
    }

    private async Task EraseDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stores = database.Read(db => db.Query<StoreRow>(StoresSql).AsList());
        foreach (var store in stores)
            foreach (var finished in new[] { "completed_at", "cancelled_at" })
                await EraseDueAsync(store, finished, now, cancellationToken);
    }

    /// <param name="store">A store and its merchant's setting.</param>
    /// <param name="finished">The column that says when an order was finished; each has an index.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">The end of the server.</param>
    private async Task EraseDueAsync(StoreRow store, string finished, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (at, after, before) = (0L, 0L, now.AddDays(-store.EraseAfterDays));
        while (!cancellationToken.IsCancellationRequested)
        {
            if (!database.OwnsBackgroundWork)
                throw new BusyException("Another node has taken over.");
            var due = database.Read(db => db.Query<(long Id, long At)>($"""
                SELECT id, {finished}
                  FROM orders
                 WHERE store_id = @Id AND {finished} IS NOT NULL AND {finished} <= @before
                   AND ({finished}, id) > (@at, @after) AND erased_at IS NULL
                 ORDER BY {finished}, id
                 LIMIT +@AtOnce
                """, new { store.Id, before, at, after, Erasing.AtOnce }).AsList());
            if (due.Count == 0)
                return;
            await database.WriteAsync(db => IsStillSet(db, store)
                ? Erasing.Erase(db, store.MerchantId, due.Select(order => order.Id), author: null, clock.Now())
                : []);
            (after, at) = due[^1];
        }
    }

    private static bool IsStillSet(DbConnection db, StoreRow store) =>
        db.QuerySingle<long?>("SELECT erase_after_days FROM merchants WHERE id = @MerchantId", store) == store.EraseAfterDays;

    private const string StoresSql = """
        SELECT s.id, s.merchant_id, m.erase_after_days
          FROM stores s
          JOIN merchants m ON m.id = s.merchant_id
         WHERE m.erase_after_days IS NOT NULL
         ORDER BY s.id
        """;

    private sealed record StoreRow
    {
        public long Id { get; init; }
        public long MerchantId { get; init; }
        public long EraseAfterDays { get; init; }
    }
}
