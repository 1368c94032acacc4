using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageShippingMethods;

/// <summary>How a store sends its orders: made and changed by its manager or the owner.</summary>
public sealed class ManageShippingMethodsModule : ICarterModule
{
    /// <param name="Code">What orders keep of it. It never changes.</param>
    /// <param name="Name">What customers read.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="TrackingUrlTemplate">Where a parcel can be followed, with <c>{code}</c> for its tracking code; null for
    /// nowhere.</param>
    /// <param name="Active">Whether customers can choose it.</param>
    /// <param name="OwnCourier">Whether the shop itself brings what is sent this way.</param>
    /// <param name="Version">Grows with each change.</param>
    public sealed record View(
        string Code, string Name, long Price, string? TrackingUrlTemplate, bool Active, bool OwnCourier, long Version);

    /// <param name="ShippingMethods">All of the store.</param>
    public sealed record List(IReadOnlyList<View> ShippingMethods);

    /// <param name="Code">1 to 40 of a-z, 0-9, - and _, not yet in use.</param>
    /// <param name="Name">What customers read: up to 100 characters.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="TrackingUrlTemplate">Where a parcel can be followed, with <c>{code}</c> for its tracking code.</param>
    /// <param name="Active">Whether customers can choose it; true where it is left out.</param>
    /// <param name="OwnCourier">Whether the shop itself brings what is sent this way; false where it is left out.</param>
    public sealed record NewBody(
        string? Code, string? Name, long? Price, string? TrackingUrlTemplate = null, bool? Active = null, bool? OwnCourier = null)
    {
        internal ShippingMethod ToMethod(long store) => new()
        {
            StoreId = store,
            Code = Code ?? "",
            Name = Name ?? "",
            Price = Price ?? -1,
            TrackingUrlTemplate = TrackingUrlTemplate,
            Active = Active ?? true,
            OwnCourier = OwnCourier ?? false,
        };
    }

    /// <summary>What is changed. What is left out stays.</summary>
    public sealed record Body
    {
        /// <summary>What customers read.</summary>
        public string? Name { get; set; }

        /// <summary>In minor units of the store's currency. Orders that are there keep theirs.</summary>
        public long? Price { get; set; }

        /// <summary>Where a parcel can be followed, with <c>{code}</c> for its tracking code; null for nowhere.</summary>
        public string? TrackingUrlTemplate
        {
            get;
            set => (field, HasTemplate) = (value, true);
        }

        /// <summary>Whether customers can choose it.</summary>
        public bool? Active { get; set; }

        /// <summary>Whether the shop itself brings what is sent this way.</summary>
        public bool? OwnCourier { get; set; }

        /// <summary>The version that the caller has seen; another one is refused as <c>stale</c>.</summary>
        public long? Version { get; set; }

        internal bool HasTemplate { get; private set; }

        internal ShippingMethod Apply(ShippingMethod method) => method with
        {
            Name = Name ?? method.Name,
            Price = Price ?? method.Price,
            TrackingUrlTemplate = HasTemplate ? TrackingUrlTemplate : method.TrackingUrlTemplate,
            Active = Active ?? method.Active,
            OwnCourier = OwnCourier ?? method.OwnCourier,
        };
    }

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageStore).WithTags("Merchant");

        group.MapGet("/merchant/stores/{id}/shipping-methods", Results<Ok<List>, ProblemHttpResult> (long id, Actor actor,
            Database database) =>
                Find(database, actor, id) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp())
            .Describe("ListShippingMethods", "List how a store sends orders", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/merchant/stores/{id}/shipping-methods", async Task<Results<Created<View>, ProblemHttpResult>> (
                    long id, NewBody body, Actor actor, Database database, TimeProvider clock) =>
                (await AddAsync(database, clock, actor, id, body)).ToCreated(view =>
                    $"/merchant/stores/{id}/shipping-methods/{view.Code}"))
            .Describe("AddShippingMethod", "Add a shipping method", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/merchant/stores/{id}/shipping-methods/{code}", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, string code, Body body, Actor actor, Database database, TimeProvider clock) =>
                (await ChangeAsync(database, clock, actor, id, code, body)).ToOk())
            .Describe("ChangeShippingMethod", "Change a shipping method", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    internal static List? Find(Database database, Actor actor, long store) => database.Read(db =>
        Store.Find(db, store, actor.UserId) is null ? null : new List([.. ShippingMethod.Of(db, store).Select(ViewOf)]));

    internal static Task<Outcome<View>> AddAsync(Database database, TimeProvider clock, Actor actor, long store, NewBody body) =>
        SaveAsync(database, clock, actor, store, code: null, seen: null, _ => body.ToMethod(store));

    internal static Task<Outcome<View>> ChangeAsync(
        Database database, TimeProvider clock, Actor actor, long store, string code, Body body) =>
        SaveAsync(database, clock, actor, store, code, body.Version, body.Apply);

    private static async Task<Outcome<View>> SaveAsync(
        Database database, TimeProvider clock, Actor actor, long store, string? code, long? seen,
        Func<ShippingMethod, ShippingMethod> apply)
    {
        var fields = new Fields();
        apply(new ShippingMethod { Code = "-", Name = "-" }).Check(fields);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            var now = clock.Now();
            if (Store.Find(db, store, actor.UserId) is not { } of)
                return Refusal.NotFound;
            var before = code is null ? null : ShippingMethod.Find(db, store, code);
            if (code is not null && before is null)
                return Refusal.NotFound;
            if (before is not null
                && MerchantLog.Stale(db, SubjectKind.ShippingMethod, before.Id, seen, before.Version, now) is { } stale)
                return stale;
            var after = apply(before ?? new ShippingMethod { Code = "", Name = "" });
            if (before is null && ShippingMethod.Find(db, store, after.Code) is not null)
                return Refusal.Invalid("code", $"This store has a shipping method “{after.Code}”.");
            return ViewOf(after.Save(db, of.MerchantId, before, actor.UserId, now).Now);
        });
    }

    private static View ViewOf(ShippingMethod method) => new(
        method.Code, method.Name, method.Price, method.TrackingUrlTemplate, method.Active, method.OwnCourier, method.Version);
}
