using System.Security.Cryptography;
using System.Text.Json;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Catalogue;

/// <summary>What a store sells and how it sends it, for a storefront to show.</summary>
public sealed class CatalogueModule : ICarterModule
{
    /// <summary>Prices are in minor units of the store's currency.</summary>
    /// <param name="Store">The store.</param>
    /// <param name="Products">What is on sale.</param>
    /// <param name="ShippingMethods">How it sends orders.</param>
    /// <param name="OpenNow">Whether the store is open and takes orders.</param>
    /// <param name="NextOpening">When it opens; null where it is open, or does not open within two months.</param>
    /// <param name="PickupFrom">The earliest time to collect an order that is placed now, in steps of five minutes.</param>
    /// <param name="PausedUntil">Until when the store takes no new orders; null where it does.</param>
    /// <param name="TimeZone">The store's time zone, as in <c>Europe/Berlin</c>: people see times by its clock.</param>
    /// <param name="CurrencyDigits">Digits of the currency's minor unit by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD.</param>
    public sealed record View(
        Store Store, IReadOnlyList<Product> Products, IReadOnlyList<ShippingMethod> ShippingMethods,
        bool OpenNow, DateTimeOffset? NextOpening, DateTimeOffset? PickupFrom, DateTimeOffset? PausedUntil,
        string TimeZone, int CurrencyDigits);

    public sealed record Store
    {
        public long Id { get; init; }
        public required string Name { get; init; }
        public required string Currency { get; init; }

        /// <summary>What it speaks with customers, its own first, as in de.</summary>
        public required IReadOnlyList<string> Languages { get; init; }
    }

    public sealed record Product
    {
        public long Id { get; init; }
        public required string Sku { get; init; }
        public required string Name { get; init; }
        public long Price { get; init; }

        /// <summary>Under which heading it stands in the shop; null for none.</summary>
        public string? Category { get; init; }
    }

    public sealed record ShippingMethod
    {
        public required string Code { get; init; }
        public required string Name { get; init; }
        public long Price { get; init; }
    }

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/catalogue", Get)
            .AllowAnonymous()
            .OpenToWebShops()
            .WithTags("Customers")
            .Describe("GetCatalogue", "See what a store sells", Reason.NotFound);

    private static Results<Ok<View>, NotModified, ProblemHttpResult> Get(
        long id, Database database, TimeProvider clock, HttpContext http)
    {
        if (Find(database, clock, id) is not { } view)
            return Refusal.NotFound.ToHttp();
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view, Json.Answers));
        if (NotModified.For(http, Convert.ToHexStringLower(digest, 0, 16)) is { } unchanged)
            return unchanged;
        return TypedResults.Ok(view);
    }

    internal static View? Find(Database database, TimeProvider clock, long id) => database.Read(db =>
    {
        if (db.QuerySingleOrDefault<StoreRow>(StoreSql, new { id }) is not { } row)
            return null;
        var store = new Store { Id = row.Id, Name = row.Name, Currency = row.Currency, Languages = row.Languages.Split(',') };
        var (now, schedule) = (clock.Now(), StoreSchedule.Of(db, id, clock.LocalTimeZone));
        var opening = schedule.NextOpening(now);
        return new View(
            store, [.. db.Query<Product>(ProductsSql, new { id, now })], [.. db.Query<ShippingMethod>(MethodsSql, new { id })],
            opening == now, opening == now ? null : opening, schedule.IsPaused(now) ? null : PickupFrom(schedule, now),
            schedule.IsActive && schedule.IsPaused(now) ? schedule.PausedUntil : null, StoreSchedule.NameOf(schedule.Zone),
            Currencies.DigitsOf(store.Currency));
    });

    // Up to the next five minutes, so that the answer, and its ETag, stay the same for as long.
    private static DateTimeOffset? PickupFrom(StoreSchedule schedule, DateTimeOffset now)
    {
        if (schedule.EarliestPickup(now) is not { } earliest)
            return null;
        var step = TimeSpan.FromMinutes(5).Ticks;
        return schedule.Hours.FirstOpenFrom(new DateTimeOffset((earliest.UtcTicks + step - 1) / step * step, TimeSpan.Zero));
    }

    private const string StoreSql = "SELECT id, name, currency, languages FROM stores WHERE id = @id";

    private const string ProductsSql = $"""
        SELECT id, sku, name, price, category
          FROM products
         WHERE store_id = @id AND {OnSale.Sql}
         ORDER BY sort_order, id
        """;

    private const string MethodsSql = """
        SELECT code, name, price
          FROM shipping_methods
         WHERE store_id = @id AND active = 1
         ORDER BY id
        """;

    private sealed record StoreRow
    {
        public long Id { get; init; }
        public required string Name { get; init; }
        public required string Currency { get; init; }
        public required string Languages { get; init; }
    }
}
