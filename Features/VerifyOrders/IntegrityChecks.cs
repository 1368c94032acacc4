using System.Data.Common;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>Checks of rows that belong to no step.</summary>
internal static class IntegrityChecks
{
    /// <summary>The lifecycle that the triggers read is the one of the code.</summary>
    public static IEnumerable<string> LifecycleRows(DbConnection db)
    {
        var found = db.Query<(string, string, long, bool, bool, string?, bool)>(
            "SELECT fulfilment_type, status, rank, terminal, needs_tracking, shipping_status, cancelled FROM lifecycle").ToHashSet();
        return Lifecycle.Stages
            .Where(stage => !found.Contains((
                Names.Of(stage.Type), Names.Of(stage.Status), stage.Rank, stage.IsTerminal, stage.NeedsTracking,
                stage.ShippingStatus is { } shipping ? Names.Of(shipping) : null, stage.IsCancelled)))
            .Select(stage =>
                $"The lifecycle's row for {Names.Of(stage.Status)} of {Names.Of(stage.Type)} is not as the migrations make it.");
    }

    /// <summary>What was erased has nothing personal left, in its log either.</summary>
    public static IEnumerable<string> Erased(DbConnection db) =>
        db.Query<long>("""
            SELECT id
              FROM orders o
             WHERE erased_at IS NOT NULL
               AND (customer_name <> 'erased' OR customer_email <> ''
                    OR COALESCE(customer_phone, note, cancel_note, address_line2, region, tracking_url, shelf, pickup_code) IS NOT NULL
                    OR COALESCE(shipping_name, 'erased') <> 'erased' OR COALESCE(address_line1, 'erased') <> 'erased'
                    OR COALESCE(city, 'erased') <> 'erased' OR COALESCE(postal_code, 'erased') <> 'erased'
                    OR COALESCE(tracking_code, 'erased') <> 'erased'
                    OR EXISTS (SELECT 1
                                 FROM audit_log a
                                WHERE a.entity_id = o.id
                                  AND (COALESCE(json_extract(a.meta, '$.reason'), 'erased') <> 'erased'
                                       OR json_extract(a.meta, '$.cancel_note') IS NOT NULL)))
            """).Select(id => $"Order {id}: it is erased, and has personal data.");
}
