using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>
/// Removes idempotency keys that have expired, also where no new ones come: they hold answers with names in them. Each node does: where
/// two do at once, the second finds nothing.
/// </summary>
internal sealed class ExpiredKeys(Database database, TimeProvider clock, KeyClock keys) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
            await SweepAsync();
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task SweepAsync()
    {
        try
        {
            // Where nothing has expired, nothing is written.
            while (database.Read(db => IdempotencyKey.AnyExpired(db, keys.Now())))
                await database.WriteAsync(db => IdempotencyKey.RemoveExpired(db, keys.Now()));
        }
        catch (Exception fault) when (fault is BusyException or DbException)
        {
            // The next round removes them.
        }
    }
}
