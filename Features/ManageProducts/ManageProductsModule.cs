using System.Data.Common;
using System.Globalization;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageProducts;

/// <summary>What a store sells: made and changed by its manager or the owner, with a log of every price.</summary>
public sealed class ManageProductsModule : ICarterModule
{
    /// <param name="Id">Its number, as the catalogue has it.</param>
    /// <param name="Sku">The store's own code for it.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="Category">Under which heading it stands in the shop; null for none.</param>
    /// <param name="OnSale">Whether it can be ordered now.</param>
    /// <param name="BackAt">When a product that is off sale comes back by itself; null where somebody has to say so.</param>
    /// <param name="SortOrder">Small numbers come first.</param>
    /// <param name="Version">Grows with each change.</param>
    public sealed record View(
        long Id, string Sku, string Name, long Price, string? Category, bool OnSale, DateTimeOffset? BackAt, long SortOrder, long Version);

    /// <param name="Products">All of the store, in the order of its shop.</param>
    public sealed record List(IReadOnlyList<View> Products);

    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="Since">From when on it was asked.</param>
    /// <param name="Actor">Who set it.</param>
    public sealed record PriceSince(long Price, DateTimeOffset Since, string Actor);

    /// <param name="PriceHistory">Newest first. Prices from before the log are not known.</param>
    public sealed record Prices(IReadOnlyList<PriceSince> PriceHistory);

    /// <param name="Sku">The store's own code for it: up to 64 characters, not yet in use.</param>
    /// <param name="Name">What customers call it: up to 200 characters.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="Category">Under which heading it stands in the shop.</param>
    /// <param name="OnSale">Whether it can be ordered; true where it is left out.</param>
    /// <param name="SortOrder">Small numbers come first; 0 where it is left out.</param>
    public sealed record NewBody(
        string? Sku, string? Name, long? Price, string? Category = null, bool? OnSale = null, long? SortOrder = null)
    {
        internal Product ToProduct(long store) => new()
        {
            StoreId = store,
            Sku = Sku ?? "",
            Name = Name ?? "",
            Price = Price ?? -1,
            Category = Category,
            OnSale = OnSale ?? true,
            SortOrder = SortOrder ?? 0,
        };
    }

    /// <summary>What is changed. What is left out stays.</summary>
    public sealed record Body
    {
        /// <summary>The store's own code for it.</summary>
        public string? Sku { get; set; }

        /// <summary>What customers call it.</summary>
        public string? Name { get; set; }

        /// <summary>In minor units of the store's currency.</summary>
        public long? Price { get; set; }

        /// <summary>Under which heading it stands in the shop; null for none.</summary>
        public string? Category
        {
            get;
            set => (field, HasCategory) = (value, true);
        }

        /// <summary>Whether it can be ordered.</summary>
        public bool? OnSale { get; set; }

        /// <summary>Small numbers come first.</summary>
        public long? SortOrder { get; set; }

        /// <summary>The version that the caller has seen; another one is refused as <c>stale</c>.</summary>
        public long? Version { get; set; }

        internal bool HasCategory { get; private set; }

        internal Product Apply(Product product) => product with
        {
            Sku = Sku ?? product.Sku,
            Name = Name ?? product.Name,
            Price = Price ?? product.Price,
            Category = HasCategory ? Category : product.Category,
            OnSale = OnSale ?? product.OnSale,
            BackAt = OnSale is null ? product.BackAt : null,
            SortOrder = SortOrder ?? product.SortOrder,
        };
    }

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageStore).WithTags("Merchant");

        group.MapGet("/merchant/stores/{id}/products", Results<Ok<List>, ProblemHttpResult> (long id, Actor actor, Database database,
            TimeProvider clock) =>
                Find(database, clock, actor, id) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp())
            .Describe("ListProducts", "List what a store sells", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/merchant/stores/{id}/products", async Task<Results<Created<View>, ProblemHttpResult>> (
                    long id, NewBody body, Actor actor, Database database, TimeProvider clock) =>
                (await AddAsync(database, clock, actor, id, body)).ToCreated(view => $"/merchant/stores/{id}/products/{view.Id}"))
            .Describe("AddProduct", "Add a product", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/merchant/stores/{id}/products/{product_id}", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, long product_id, Body body, Actor actor, Database database, TimeProvider clock) =>
                (await ChangeAsync(database, clock, actor, id, product_id, body)).ToOk())
            .Describe("ChangeProduct", "Change a product", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapGet("/merchant/stores/{id}/products/{product_id}/prices", Results<Ok<Prices>, ProblemHttpResult> (
                    long id, long product_id, Actor actor, Database database) =>
                PricesOf(database, actor, id, product_id) is { } prices ? TypedResults.Ok(prices) : Refusal.NotFound.ToHttp())
            .Describe("GetPrices", "See what a product has cost", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);
    }

    internal static List? Find(Database database, TimeProvider clock, Actor actor, long store) => database.Read(db =>
        Store.Find(db, store, actor.UserId) is null
            ? null
            : new List([.. Product.Of(db, store).Select(product => ViewOf(product, clock.Now()))]));

    internal static Prices? PricesOf(Database database, Actor actor, long store, long id) => database.Read(db =>
        Store.Find(db, store, actor.UserId) is null || Product.Find(db, store, id) is null
            ? null
            : new Prices(
            [
                .. from entry in MerchantLog.Of(db, SubjectKind.Product, id)
                   from change in entry.ReadChanges()
                   where change.Field == "price"
                   select new PriceSince(long.Parse(change.After!, CultureInfo.InvariantCulture), entry.CreatedAt, entry.Actor),
            ]));

    internal static Task<Outcome<View>> AddAsync(Database database, TimeProvider clock, Actor actor, long store, NewBody body) =>
        SaveAsync(database, clock, actor, store, id: null, seen: null, _ => body.ToProduct(store));

    internal static Task<Outcome<View>> ChangeAsync(
        Database database, TimeProvider clock, Actor actor, long store, long id, Body body) =>
        SaveAsync(database, clock, actor, store, id, body.Version, before => body.Apply(before));

    private static async Task<Outcome<View>> SaveAsync(
        Database database, TimeProvider clock, Actor actor, long store, long? id, long? seen, Func<Product, Product> apply)
    {
        var fields = new Fields();
        apply(new Product { Sku = "-", Name = "-" }).Check(fields);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            var now = clock.Now();
            if (Store.Find(db, store, actor.UserId) is not { } of)
                return Refusal.NotFound;
            var before = id is { } known ? Product.Find(db, store, known) : null;
            if (id is not null && before is null)
                return Refusal.NotFound;
            if (before is not null && MerchantLog.Stale(db, SubjectKind.Product, before.Id, seen, before.Version, now) is { } stale)
                return stale;
            var after = apply(before ?? new Product { Sku = "", Name = "" });
            if (IsTaken(db, after))
                return Refusal.Invalid("sku", $"Another product of this store has the SKU “{after.Sku}”.");
            return ViewOf(after.Save(db, of.MerchantId, before, actor.UserId, now).Now, now);
        });
    }

    private static bool IsTaken(DbConnection db, Product product) =>
        Product.FindBySku(db, product.StoreId, product.Sku) is { } other && other.Id != product.Id;

    private static View ViewOf(Product product, DateTimeOffset now) => new(
        product.Id, product.Sku, product.Name, product.Price, product.Category, product.IsOnSale(now),
        product.IsOnSale(now) ? null : product.BackAt, product.SortOrder, product.Version);
}
