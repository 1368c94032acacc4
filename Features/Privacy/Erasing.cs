using System.Data.Common;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>
/// Puts a mark in the place of a customer's personal data, in the caller's write transaction. Triggers carry it into the audit log and
/// the search, and refuse every other change of what is frozen (migration 21).
/// </summary>
internal static class Erasing
{
    /// <summary>Orders at most in one write: a few milliseconds, so that no step waits for it.</summary>
    public const int AtOnce = 100;

    /// <summary>Erases those of these orders that are the merchant's, finished, and not erased yet.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="merchantId">The merchant.</param>
    /// <param name="orders">The orders' numbers.</param>
    /// <param name="author">Who does it; null for the merchant's setting.</param>
    /// <param name="now">When.</param>
    /// <returns>The numbers of those that were.</returns>
    public static IReadOnlyCollection<long> Erase(
        DbConnection db, long merchantId, IEnumerable<long> orders, long? author, DateTimeOffset now)
    {
        var erased = db.Query<(long Id, string PublicId)>(
            EraseSql, new { merchantId, ids = SqlList.Of(orders), now }).AsList();
        if (erased.Count == 0)
            return [];
        Failpoint.Reach("erasing");
        var values = new { merchantId, ids = SqlList.Of(erased.Select(order => order.Id)) };
        db.Execute(AnswersSql, values);
        db.Execute(FaultsSql, values);
        var references = string.Join(", ", erased.Select(order => PublicId.Reference(order.PublicId)));
        MerchantLog.Append(
            db,
            new(merchantId, null, SubjectKind.Order, erased[0].Id, Quantity.Of(erased.Count, "order")),
            LogAction.Erased,
            [new("orders", null, references)],
            author,
            now);
        return [.. erased.Select(order => order.Id)];
    }

    private const string EraseSql = """
        UPDATE orders
           SET customer_name = 'erased', customer_email = '', customer_phone = NULL,
               shipping_name = CASE WHEN shipping_name IS NULL THEN NULL ELSE 'erased' END,
               address_line1 = CASE WHEN address_line1 IS NULL THEN NULL ELSE 'erased' END,
               address_line2 = NULL,
               city = CASE WHEN city IS NULL THEN NULL ELSE 'erased' END,
               region = NULL,
               postal_code = CASE WHEN postal_code IS NULL THEN NULL ELSE 'erased' END,
               tracking_code = CASE WHEN tracking_code IS NULL THEN NULL ELSE 'erased' END,
               tracking_url = NULL, note = NULL, cancel_note = NULL, shelf = NULL, pickup_code = NULL,
               erased_at = @now
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids)) AND merchant_id = @merchantId AND erased_at IS NULL
           AND EXISTS (SELECT 1
                         FROM lifecycle l
                        WHERE l.fulfilment_type = orders.fulfilment_type AND l.status = orders.status AND l.terminal = 1)
        RETURNING id, public_id
        """;

    /// <summary>The answers that are kept for requests that are sent again, as staff and as customers see orders.</summary>
    private const string AnswersSql = """
        UPDATE idempotency_keys
           SET answer = json_replace(
               answer,
               '$.first_name', 'erased', '$.shipping.city', 'erased',
               '$.customer.name', 'erased', '$.customer.email', NULL, '$.customer.phone', NULL,
               '$.shipping.name', 'erased', '$.shipping.address.line1', 'erased', '$.shipping.address.line2', NULL,
               '$.shipping.address.city', 'erased', '$.shipping.address.region', NULL, '$.shipping.address.postal_code', 'erased',
               '$.tracking_code', CASE WHEN json_extract(answer, '$.tracking_code') IS NULL THEN NULL ELSE 'erased' END,
               '$.tracking_url', NULL, '$.note', NULL, '$.cancel_note', NULL, '$.shelf', NULL, '$.pickup_code', NULL)
         WHERE store_id IN (SELECT id FROM stores WHERE merchant_id = @merchantId)
           AND json_extract(answer, '$.public_id') IN (
               SELECT public_id FROM orders WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids)))
        """;

    /// <summary>A receiver's own words, why it did not take an event, may name the customer.</summary>
    private const string FaultsSql = """
        UPDATE delivery_attempts
           SET fault = 'erased'
         WHERE fault IS NOT NULL
           AND delivery_id IN (SELECT d.id FROM deliveries d WHERE d.order_id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids)))
        """;
}
