using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>Turns the rows of the log that a destination has not been told of into deliveries.</summary>
internal sealed class DeliveryMaker(Database database, TimeProvider clock, IReadOnlyDictionary<DestinationKind, IChannel> channels)
{
    // Rows of the log that one write turns into deliveries, and how many untried deliveries a destination has ahead. The rest waits in
    // the log, where it costs nothing: a receiver that is down for days does not fill the file.
    private const int Page = 100;

    /// <summary>Makes the deliveries of one page of the log, and moves the cursors in the same transaction.</summary>
    /// <returns>Whether a page was full, so that there may be more. What is committed later wakes the relay by itself.</returns>
    public async Task<bool> MakeAsync()
    {
        var behind = database.Read(db => db.Query<(long DestinationId, long StoreId, long Cursor)>(BehindSql, new { Page }).AsList());
        if (behind.Count == 0)
            return false;
        var pages = database.Read(db => behind.Select(of => (
            Of: of,
            Destination: Destination.Find(db, of.DestinationId),
            News: Announcement.OfStore(db, of.StoreId, of.Cursor, Page))).ToList());
        await database.WriteAsync(db =>
        {
            var now = clock.Now();
            foreach (var (of, destination, news) in pages)
            {
                if (destination is null || news.Count == 0 || db.Execute(MoveSql, new
                {
                    of.DestinationId,
                    of.StoreId,
                    of.Cursor,
                    to = news[^1].Sequence,
                }) == 0)
                    continue;
                foreach (var announcement in news)
                    foreach (var (told, about) in channels[destination.Kind].DeliveriesOf(db, destination, announcement))
                        DeliveryChanges.Make(
                            db, of.DestinationId, of.StoreId, announcement.Sequence, announcement.OrderId, told, now, about);
            }
            return true;
        });
        return pages.Any(page => page.News.Count == Page);
    }

    // Not the last row of the log but whether there is one: the index answers that without a look at the table.
    private const string BehindSql = """
        SELECT s.destination_id, s.store_id, s.cursor
          FROM destinations d
          JOIN destination_stores s ON s.destination_id = d.id
         WHERE d.active = 1 AND d.removed_at IS NULL
           AND EXISTS (SELECT 1 FROM audit_log a WHERE a.store_id = s.store_id AND a.sequence > s.cursor)
           AND (SELECT COUNT(*) FROM (
                    SELECT 1 FROM deliveries w
                     WHERE w.destination_id = d.id AND w.status = 'waiting' AND w.attempts = 0
                     LIMIT +@Page) AS ahead) < @Page
        """;

    private const string MoveSql = """
        UPDATE destination_stores SET cursor = @to
         WHERE destination_id = @DestinationId AND store_id = @StoreId AND cursor = @Cursor
        """;
}
