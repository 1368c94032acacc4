using System.Data.Common;
using Dapper;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>
/// Looks each minute for what no row of the log tells: orders that are late, orders that nobody has collected, and web hooks that have
/// failed for a day. Each is told once, by one of several nodes.
/// </summary>
internal sealed class EmailReminders(
    Database database, TimeProvider clock, WebhookWarnings webhooks, ILogger<EmailReminders> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    /// <summary>What has been so for longer is known, or is told by the board.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!database.OwnsBackgroundWork)
                continue;
            try
            {
                await LookAsync(clock.Now());
                await webhooks.TellAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is BusyException or DbException)
            {
                log.LogWarning("Late orders could not be looked for; that is tried again in a minute. {Why}", fault.Message);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                log.LogError(fault, "Late orders could not be looked for; that is tried again in a minute.");
            }
        }
    }

    private async Task LookAsync(DateTimeOffset now)
    {
        if (database.Read(db => Found(db, now)).Count == 0)
            return;
        await database.WriteAsync(db =>
        {
            foreach (var found in Found(db, now)) // once more: the order may have gone on
                DeliveryChanges.Make(
                    db, found.DestinationId, found.StoreId, found.Sequence, found.OrderId, Names.Of(found.Kind), now, about: "once");
            return true;
        });
    }

    private sealed record Reminder
    {
        public long DestinationId { get; init; }
        public long StoreId { get; init; }
        public long OrderId { get; init; }

        /// <summary>The order's first row in the log: the same each time, so that it is told once.</summary>
        public long Sequence { get; init; }

        public EmailKind Kind { get; init; }
    }

    private static List<Reminder> Found(DbConnection db, DateTimeOffset now)
    {
        var values = new
        {
            now,
            since = now - News,
            due = Statuses(stage => stage.IsDue),
            atCounter = Statuses(stage => stage is { Type: FulfilmentType.Pickup, Column: Column.Waiting }),
            late = Names.Of(EmailKind.LateOrder),
            notCollected = Names.Of(EmailKind.NotCollected),
        };
        return
        [
            .. db.Query<Reminder>(LateSql, values).Select(found => found with { Kind = EmailKind.LateOrder }),
            .. db.Query<Reminder>(NotCollectedSql, values).Select(found => found with { Kind = EmailKind.NotCollected }),
        ];
    }

    private static string Statuses(Func<Stage, bool> which) =>
        SqlList.Of(Lifecycle.Stages.Where(which).Select(stage => stage.Status).Distinct());

    private const string FromSql = """
        SELECT e.destination_id, e.store_id, o.id AS order_id,
               (SELECT MIN(a.sequence) FROM audit_log a WHERE a.entity_id = o.id) AS sequence
          FROM store_emails e
          JOIN destinations t ON t.id = e.destination_id AND t.active = 1
          JOIN stores s ON s.id = e.store_id
          JOIN orders o ON o.store_id = e.store_id
        """;

    private const string LateSql = $"""
        {FromSql}
         WHERE (',' || t.events || ',') LIKE ('%,' || @late || ',%')
           AND o.status IN (SELECT value FROM json_each(@due))
           AND o.promised_at < @now AND o.promised_at >= @since AND o.promised_at >= e.since
           AND NOT EXISTS (SELECT 1 FROM deliveries d
                            WHERE d.order_id = o.id AND d.destination_id = e.destination_id AND d.event = @late)
        """;

    private const string NotCollectedSql = $"""
        {FromSql}
         WHERE (',' || t.events || ',') LIKE ('%,' || @notCollected || ',%')
           AND o.status IN (SELECT value FROM json_each(@atCounter)) AND o.fulfilment_type = 'pickup'
           AND o.ready_at + s.not_collected_days * 86400000 <= @now
           AND o.ready_at + s.not_collected_days * 86400000 >= @since
           AND o.ready_at + s.not_collected_days * 86400000 >= e.since
           AND NOT EXISTS (SELECT 1 FROM deliveries d
                            WHERE d.order_id = o.id AND d.destination_id = e.destination_id AND d.event = @notCollected)
        """;
}
