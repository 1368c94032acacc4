using Carter;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Figures;

/// <summary>What a store sold on some of its days, how long it took, and which promises it kept; for manager and owner.</summary>
public sealed class FiguresModule : ICarterModule
{
    private const int MostDays = 732; // two years, one of them a leap year

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/figures", Get)
            .RequireAuthorization(Policies.Manager)
            .WithTags("Stores")
            .Produces<FiguresView>(contentType: "application/json")
            .Describe("GetFigures", "See what a store sold, how fast it was, and which promises it kept",
                Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

    /// <remarks>
    /// The orders that were placed on these days of the store, as they are now. Money is in minor units, times are in seconds.
    /// </remarks>
    /// <param name="id">The store.</param>
    /// <param name="from">The first day, as in 2026-11-22; the last one where left out.</param>
    /// <param name="to">The last day; today where left out.</param>
    /// <param name="format"><c>json</c>, or <c>csv</c> for a file to open in a spreadsheet.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="database">Where the orders are.</param>
    /// <param name="clock">The time.</param>
    internal static IResult Get(
        long id, [FromQuery] string? from, [FromQuery] string? to, [FromQuery] string? format,
        Actor actor, Database database, TimeProvider clock)
    {
        var fields = new Fields();
        var (first, last) = (fields.Day("from", from), fields.Day("to", to));
        if (first > last)
            fields.Refuse("from", "The first day is later than the last one.");
        if (IsTooLong(first, last, clock))
            fields.Refuse("from", $"Ask for up to {MostDays} days at once.");
        if (format is not (null or "json" or "csv"))
            fields.Refuse("format", "This has to be json or csv.");
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (Find(database, clock, id, actor, first, last) is not { } view)
            return Refusal.NotFound.ToHttp();
        return format == "csv"
            ? TypedResults.File(FiguresCsv.Write(view), "text/csv; charset=utf-8", $"figures-{view.From}-{view.To}.csv")
            : TypedResults.Ok(view);
    }

    internal static bool IsTooLong(DateOnly? from, DateOnly? to, TimeProvider clock) => from is { } first
        && (to ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)).DayNumber - first.DayNumber >= MostDays;

    /// <summary>
    /// The figures; null where the actor does not work there. A first day that is left out is the last one, a last one the store's today.
    /// </summary>
    internal static FiguresView? Find(Database database, TimeProvider clock, long store, Actor actor, DateOnly? from, DateOnly? to)
    {
        var found = database.Read(db => Rights.WorksIn(db, actor, store)
            ? (db.QuerySingle<string>("SELECT currency FROM stores WHERE id = @store", new { store }),
                StoreSchedule.Of(db, store, clock.LocalTimeZone).Zone)
            : ((string Currency, TimeZoneInfo Zone)?)null);
        if (found is not var (currency, zone))
            return null;
        var now = clock.Now();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var (first, last) = (from ?? to ?? today, to ?? (from > today ? from.Value : today));
        var (begin, end) = (OpeningHours.InZone(zone, first, 0), OpeningHours.InZone(zone, last.AddDays(1), 0));
        // Two readers, two cores.
        var products = Task.Run(() => database.Read(db => PlacedOrder.ProductsOf(db, store, begin, end)));
        var orders = database.Read(db => PlacedOrder.Of(db, store, begin, end));
        return FiguresView.Of(orders, products.GetAwaiter().GetResult(), first, last, zone, currency, now);
    }
}
