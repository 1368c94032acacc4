using System.Data.Common;
using System.Text.Json;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.StoreService;

/// <summary>
/// What a store takes on right now: busy adds minutes to every new promise, a pause takes no new orders, and a product is sold
/// out, each until a time. Every change is kept with its author.
/// </summary>
public sealed class StoreServiceModule : ICarterModule
{
    private const int LatestChanges = 20;

    /// <param name="BusyMinutes">Minutes that every new promise takes longer; 0 where the store is not busy.</param>
    /// <param name="BusyUntil">Until when; null where the store is not busy.</param>
    /// <param name="PausedUntil">Until when it takes no new orders; null where it does.</param>
    /// <param name="Products">All its products.</param>
    /// <param name="Changes">The latest changes, newest first.</param>
    public sealed record View(
        long BusyMinutes, DateTimeOffset? BusyUntil, DateTimeOffset? PausedUntil,
        IReadOnlyList<Product> Products, IReadOnlyList<Change> Changes);

    public sealed record Product
    {
        public long ProductId { get; init; }
        public required string Sku { get; init; }
        public required string Name { get; init; }
        public bool OnSale { get; init; }

        /// <summary>When a product that is off sale comes back by itself; null where somebody has to say so.</summary>
        public DateTimeOffset? BackAt { get; init; }
    }

    /// <param name="Actor">Who changed something.</param>
    /// <param name="Timestamp">When.</param>
    /// <param name="Meta">What was sent.</param>
    public sealed record Change(string Actor, DateTimeOffset Timestamp, Logged Meta);

    /// <summary>What a change says; what it leaves out is null and stays as it was.</summary>
    /// <param name="BusyMinutes">0 ends it.</param>
    /// <param name="BusyUntil">Null where busy was not changed or has ended.</param>
    /// <param name="PausedUntil">Null where the pause was not changed or has ended.</param>
    /// <param name="PauseEnded">The store takes orders again.</param>
    /// <param name="Products">The products that were changed.</param>
    public sealed record Logged(
        long? BusyMinutes = null, DateTimeOffset? BusyUntil = null, DateTimeOffset? PausedUntil = null, bool? PauseEnded = null,
        IReadOnlyList<LoggedProduct>? Products = null);

    /// <param name="ProductId">A product of the store.</param>
    /// <param name="OnSale">Whether it was sold from then on.</param>
    /// <param name="BackAt">For a product off sale: when it comes back by itself; null where somebody has to say so.</param>
    public sealed record LoggedProduct(long ProductId, bool OnSale, DateTimeOffset? BackAt = null);

    /// <param name="ProductId">A product of the store.</param>
    /// <param name="OnSale">Whether it is sold.</param>
    /// <param name="BackAt">For a product off sale: when it comes back by itself; optional.</param>
    public sealed record ProductChange(long? ProductId, bool? OnSale, DateTimeOffset? BackAt = null);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/stores/{id}/service", Results<Ok<View>, ProblemHttpResult> (
                long id, Actor actor, Database database, TimeProvider clock) =>
                Find(database, clock, id, actor) is { } view ? TypedResults.Ok(view) : Refusal.NotFound.ToHttp())
            .WithTags("Stores")
            .Describe("GetService", "See whether a store is busy, paused or sold out", Reason.Unauthenticated, Reason.NotFound);

        app.MapPatch("/stores/{id}/service", ChangeAsync)
            .WithTags("Stores")
            .Describe("ChangeService", "Say that a store is busy, paused or sold out", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    /// <remarks>What the body leaves out stays. The web shop and the next checkout follow at once.</remarks>
    private static async Task<Results<Ok<View>, ProblemHttpResult>> ChangeAsync(
        long id, Body body, Actor actor, Database database, TimeProvider clock) =>
        await ApplyAsync(database, clock, id, actor, body) is { } refusal
            ? refusal.ToHttp()
            : TypedResults.Ok(Find(database, clock, id, actor)!);

    /// <returns>Why it was refused; null where it is done.</returns>
    internal static async Task<Refusal?> ApplyAsync(Database database, TimeProvider clock, long store, Actor actor, Body body)
    {
        var (fields, now) = (new Fields(), clock.Now());
        ServiceRules.Check(fields, body, now);
        if (fields.Refusal is { } invalid)
            return invalid;
        var change = ServiceRules.ToLogged(body);
        return await database.WriteAsync<Refusal?>(db =>
        {
            if (!Rights.WorksIn(db, actor, store))
                return Refusal.NotFound;
            var known = db.Query<long>("SELECT id FROM products WHERE store_id = @store", new { store }).ToHashSet();
            foreach (var (i, product) in (change.Products ?? []).Index())
                if (!known.Contains(product.ProductId))
                    fields.Refuse($"products[{i}].product_id", "This store does not have that product.");
            if (fields.Refusal is { } unknown)
                return unknown;
            Write(db, store, actor, change, now);
            return null;
        });
    }

    private static void Write(DbConnection db, long store, Actor actor, Logged change, DateTimeOffset now)
    {
        if (change.BusyMinutes is { } minutes)
            db.Execute("UPDATE stores SET busy_minutes = @minutes, busy_until = @BusyUntil WHERE id = @store",
                new { store, minutes, change.BusyUntil });
        if (change.PausedUntil is not null || change.PauseEnded is not null)
            db.Execute("UPDATE stores SET paused_until = @PausedUntil WHERE id = @store", new { store, change.PausedUntil });
        foreach (var product in change.Products ?? [])
            db.Execute("UPDATE products SET on_sale = @OnSale, back_at = @BackAt WHERE id = @ProductId AND store_id = @store",
                new { store, product.ProductId, product.OnSale, product.BackAt });
        db.Execute("INSERT INTO service_log (store_id, user_id, meta, created_at) VALUES (@store, @UserId, @meta, @now)",
            new { store, actor.UserId, meta = JsonSerializer.Serialize(change, Json.Stored), now });
    }

    /// <summary>How a store's service stands; null where the actor does not work there.</summary>
    internal static View? Find(Database database, TimeProvider clock, long store, Actor actor) => database.Read(db =>
    {
        if (!Rights.WorksIn(db, actor, store))
            return null;
        var (now, schedule) = (clock.Now(), StoreSchedule.Of(db, store, clock.LocalTimeZone));
        var isBusy = schedule.IsBusy(now);
        return new View(
            isBusy ? (long)schedule.Busy.TotalMinutes : 0,
            isBusy ? schedule.BusyUntil : null,
            schedule.IsPaused(now) ? schedule.PausedUntil : null,
            db.Query<Product>(ProductsSql, new { store, now }).AsList(),
            [.. db.Query<LogRow>(ChangesSql, new { store, LatestChanges }).Select(row => row.ToChange())]);
    });

    private const string ProductsSql = $"""
        SELECT id AS product_id, sku, name, {OnSale.Sql} AS on_sale,
               CASE WHEN on_sale = 0 AND back_at > @now THEN back_at END AS back_at
          FROM products
         WHERE store_id = @store
         ORDER BY id
        """;

    private const string ChangesSql = """
        SELECT u.name AS actor, l.created_at, l.meta
          FROM service_log l
          JOIN users u ON u.id = l.user_id
         WHERE l.store_id = @store
         ORDER BY l.id DESC
         LIMIT +@LatestChanges
        """;

    private sealed record LogRow
    {
        public required string Actor { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string Meta { get; init; }

        public Change ToChange() => new(Actor, CreatedAt, JsonSerializer.Deserialize<Logged>(Meta, Json.Stored)!);
    }

    /// <summary>What is changed. Null ends what has a time; what is left out stays.</summary>
    public sealed record Body
    {
        /// <summary>Minutes that every new promise takes longer: 1 to 240, with <c>busy_until</c>; 0 or null ends it.</summary>
        public long? BusyMinutes
        {
            get;
            set => (field, HasBusy) = (value, true);
        }

        /// <summary>Until when the store is busy: within 24 hours.</summary>
        public DateTimeOffset? BusyUntil { get; set; }

        /// <summary>Until when the store takes no new orders: within 30 days; null ends the pause.</summary>
        public DateTimeOffset? PausedUntil
        {
            get;
            set => (field, HasPause) = (value, true);
        }

        /// <summary>Products that go on or off sale.</summary>
        public IReadOnlyList<ProductChange?>? Products { get; set; }

        internal bool HasBusy { get; private set; }
        internal bool HasPause { get; private set; }
    }
}
