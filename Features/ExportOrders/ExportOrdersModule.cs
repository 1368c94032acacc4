using System.Globalization;
using Carter;
using CsvHelper;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ExportOrders;

/// <summary>The orders of some days as a table for the bookkeeper, written as it is read: its size does not matter.</summary>
public sealed class ExportOrdersModule : ICarterModule
{
    private const int AtOnce = 1000; // orders; between them nothing is kept open

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/merchant/stores/{id}/orders.csv", Get)
            .RequireAuthorization(Policies.ManageStore)
            .WithTags("Merchant")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .Describe("ExportOrders", "Download the orders of some days for the bookkeeper", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

    /// <remarks>Money is in units of the currency, times are the store's. Orders are those placed on these days.</remarks>
    /// <param name="id">The store.</param>
    /// <param name="from">The first day of the store, as in 2026-11-01; its first order where left out.</param>
    /// <param name="to">The last day; today where left out.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="database">Where the orders are.</param>
    /// <param name="clock">The time.</param>
    internal static IResult Get(
        long id, [FromQuery] string? from, [FromQuery] string? to, Actor actor, Database database, TimeProvider clock)
    {
        var fields = new Fields();
        var (first, last) = (fields.Day("from", from), fields.Day("to", to));
        if (first > last)
            fields.Refuse("from", "The first day is later than the last one.");
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (database.Read(db => Rights.WorksIn(db, actor, id) ? StoreSchedule.Of(db, id, clock.LocalTimeZone)
            : null) is not { Zone: var zone })
            return Refusal.NotFound.ToHttp();
        var begin = first is { } day ? OpeningHours.InZone(zone, day, 0) : DateTimeOffset.UnixEpoch;
        var end = last is { } until ? OpeningHours.InZone(zone, until.AddDays(1), 0)
            : DateTimeOffset.FromUnixTimeMilliseconds(long.MaxValue / 100000);
        return TypedResults.Stream(stream => WriteAsync(stream, database, id, zone, begin, end), Csv.ContentType, $"orders-{id}.csv");
    }

    private static async Task WriteAsync(
        Stream stream, Database database, long store, TimeZoneInfo zone, DateTimeOffset begin, DateTimeOffset end)
    {
        await using var csv = Csv.Writer(stream);
        foreach (var name in Columns)
            csv.WriteField(name);
        await csv.NextRecordAsync();
        var (after, afterId) = (begin.AddMilliseconds(-1), long.MaxValue);
        while (true)
        {
            var rows = database.Read(db => db.Query<Row>(RowsSql, new { store, after, afterId, end, AtOnce }).AsList());
            foreach (var row in rows)
            {
                Write(csv, row, zone);
                await csv.NextRecordAsync();
            }
            await csv.FlushAsync();
            if (rows is not [.., var last] || rows.Count < AtOnce)
                return;
            (after, afterId) = (last.CreatedAt, last.Id);
        }
    }

    private static readonly string[] Columns =
    [
        "reference", "public_id", "placed", "status", "fulfilment", "source", "pieces", "currency", "subtotal", "shipping", "total",
        "customer_name", "customer_email", "customer_phone", "shipping_method", "country", "accepted", "ready_or_shipped", "finished",
        "cancelled", "cancel_reason", "tracking_code", "time_zone",
    ];

    private static void Write(CsvWriter csv, Row row, TimeZoneInfo zone)
    {
        string?[] cells =
        [
            PublicId.Reference(row.PublicId), row.PublicId, Told(row.CreatedAt), row.Status, row.FulfilmentType, row.Source,
            row.Pieces.ToString(CultureInfo.InvariantCulture), row.Currency, Money.Number(row.Subtotal, row.Currency),
            Money.Number(row.ShippingCost, row.Currency), Money.Number(row.Total, row.Currency), row.CustomerName, row.CustomerEmail,
            row.CustomerPhone, row.ShippingMethod, row.Country, Told(row.AcceptedAt), Told(row.ReadyAt), Told(row.CompletedAt),
            Told(row.CancelledAt), row.CancelReason, row.TrackingCode, zone.Id,
        ];
        foreach (var cell in cells)
            csv.WriteField(cell);

        string Told(DateTimeOffset? at) => at is null
            ? ""
            : TimeZoneInfo.ConvertTime(at.Value, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private const string RowsSql = """
        SELECT o.id, o.public_id, o.created_at, o.status, o.fulfilment_type, o.source, o.currency, o.subtotal, o.shipping_cost, o.total,
               o.customer_name, o.customer_email, o.customer_phone, o.shipping_method, o.country, o.accepted_at, o.ready_at,
               o.completed_at, o.cancelled_at, o.cancel_reason, o.tracking_code,
               (SELECT SUM(i.quantity) FROM order_items i WHERE i.order_id = o.id) AS pieces
          FROM orders o
         WHERE o.store_id = @store AND (o.created_at, o.id) > (@after, @afterId) AND o.created_at < @end
         ORDER BY o.created_at, o.id
         LIMIT +@AtOnce
        """;

    private sealed record Row
    {
        public long Id { get; init; }
        public required string PublicId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string Status { get; init; }
        public required string FulfilmentType { get; init; }
        public required string Source { get; init; }
        public required string Currency { get; init; }
        public long Subtotal { get; init; }
        public long ShippingCost { get; init; }
        public long Total { get; init; }
        public required string CustomerName { get; init; }
        public required string CustomerEmail { get; init; }
        public string? CustomerPhone { get; init; }
        public string? ShippingMethod { get; init; }
        public string? Country { get; init; }
        public DateTimeOffset? AcceptedAt { get; init; }
        public DateTimeOffset? ReadyAt { get; init; }
        public DateTimeOffset? CompletedAt { get; init; }
        public DateTimeOffset? CancelledAt { get; init; }
        public string? CancelReason { get; init; }
        public string? TrackingCode { get; init; }
        public long Pieces { get; init; }
    }
}
