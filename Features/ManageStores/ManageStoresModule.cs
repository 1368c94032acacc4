using System.Data.Common;
using System.Text.Json;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageStores;

/// <summary>A merchant's stores and their settings. A manager sets hours and promises of theirs; the rest is the owner's.</summary>
public sealed class ManageStoresModule : ICarterModule
{
    /// <param name="Id">Its number.</param>
    /// <param name="Code">What the merchant's files call it.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="Currency">ISO 4217.</param>
    /// <param name="Active">Whether it takes orders at all.</param>
    /// <param name="Address">Where customers collect.</param>
    /// <param name="Phone">Whom customers call.</param>
    /// <param name="TimeZone">IANA name; null for the server's.</param>
    /// <param name="OpeningHours">Spans by weekday or date; null where it is always open.</param>
    /// <param name="PreparationMinutes">From the checkout of a pickup order until it is ready.</param>
    /// <param name="DispatchCutoff">A parcel that is ordered before this time of day leaves the same day.</param>
    /// <param name="DispatchDays">The days on which parcels leave.</param>
    /// <param name="AsksForCode">Whether an order is handed over for the customer's code only.</param>
    /// <param name="NotCollectedDays">What has been ready for longer was not collected.</param>
    /// <param name="LockMinutes">After how many minutes without a touch a shared tablet locks itself.</param>
    /// <param name="Languages">What it speaks with customers, its own first.</param>
    /// <param name="Version">Grows with each change.</param>
    public sealed record View(
        long Id, string Code, string Name, string Currency, bool Active, string? Address, string? Phone, string? TimeZone,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? OpeningHours, long PreparationMinutes, string DispatchCutoff,
        IReadOnlyList<string> DispatchDays, bool AsksForCode, long NotCollectedDays, long LockMinutes, IReadOnlyList<string> Languages,
        long Version);

    /// <param name="Stores">The stores where the caller works.</param>
    public sealed record List(IReadOnlyList<View> Stores);

    /// <param name="Name">What customers call it: up to 100 characters.</param>
    /// <param name="Currency">ISO 4217.</param>
    /// <param name="Code">1 to 40 of a-z, 0-9, - and _; made from the name where it is left out.</param>
    /// <param name="TimeZone">IANA name, as in Europe/Berlin; the server's where it is left out.</param>
    /// <param name="Address">Where customers collect.</param>
    /// <param name="Phone">Whom customers call.</param>
    public sealed record NewBody(
        string? Name, string? Currency, string? Code = null, string? TimeZone = null, string? Address = null, string? Phone = null)
    {
        internal Store ToStore(long merchantId) => new()
        {
            MerchantId = merchantId,
            Code = Code ?? Slug.Of(Name),
            Name = Name ?? "",
            Currency = Currency ?? "",
            TimeZone = TimeZone,
            Address = Address,
            Phone = Phone,
        };
    }

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageStore).WithTags("Merchant");

        group.MapGet("/merchant/stores", (Actor actor, Database database) => TypedResults.Ok(Find(database, actor)))
            .Describe("ListStores", "List the stores and their settings", Reason.Unauthenticated, Reason.Forbidden);

        group.MapPost("/merchant/stores", async Task<Results<Created<View>, ProblemHttpResult>> (
                    NewBody body, Actor actor, Database database, TimeProvider clock) =>
                (await AddAsync(database, clock, actor, body)).ToCreated(_ => "/merchant/stores"))
            .RequireAuthorization(Policies.ManageMerchant)
            .Describe("AddStore", "Add a store", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/merchant/stores/{id}", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, StoreBody body, Actor actor, Database database, TimeProvider clock) =>
                (await ChangeAsync(database, clock, actor, id, body)).ToOk())
            .Describe("ChangeStore", "Change a store's settings", Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    internal static List Find(Database database, Actor actor) =>
        database.Read(db => new List([.. Store.Of(db, actor.UserId).Select(ViewOf)]));

    internal static async Task<Outcome<View>> AddAsync(Database database, TimeProvider clock, Actor actor, NewBody body)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        var store = body.ToStore(actor.MerchantId);
        store.Check(fields);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
            body.Code is not null && Store.FindByCode(db, actor.MerchantId, body.Code) is not null
                ? Refusal.Invalid("code", $"Another store has the code “{body.Code}”.")
                : ViewOf((store with { Code = Free(db, store) }).Save(db, before: null, actor.UserId, clock.Now()).Now));
    }

    /// <summary>The store's code, or with a number behind it where another store has that.</summary>
    private static string Free(DbConnection db, Store store) => Enumerable.Range(1, int.MaxValue)
        .Select(number => number == 1 ? store.Code : $"{store.Code[..Math.Min(store.Code.Length, 36)]}-{number}")
        .First(code => Store.FindByCode(db, store.MerchantId, code) is null);

    internal static async Task<Outcome<View>> ChangeAsync(
        Database database, TimeProvider clock, Actor actor, long id, StoreBody body)
    {
        if (actor.Role is not Role.Owner && body.IsForOwner)
            return new Refusal(Reason.Forbidden,
                "Only the owner changes a store's name, address, phone, time zone, currency, languages, its tablets' lock, "
                + "and whether it is active.");
        var fields = new Fields();
        body.Apply(fields, new Store { Code = "-", Name = "-", Currency = "EUR" }).Check(fields);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            var now = clock.Now();
            if (Store.Find(db, id, actor.UserId) is not { } before)
                return Refusal.NotFound;
            if (MerchantLog.Stale(db, SubjectKind.Store, id, body.Version, before.Version, now) is { } stale)
                return stale;
            var after = body.Apply(fields, before);
            if (Store.WhyCurrencyStays(db, before, after.Currency) is { } why)
                return Refusal.Invalid("currency", why);
            return ViewOf(after.Save(db, before, actor.UserId, now).Now);
        });
    }

    private static View ViewOf(Store store) => new(
        store.Id, store.Code, store.Name, store.Currency, store.Active, store.Address, store.Phone, store.TimeZone,
        store.OpeningHours is { } hours
            ? JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(hours, Json.Stored) : null,
        store.PreparationMinutes, OpeningHours.TimeOf(store.DispatchCutoff), store.DispatchDays.Split(','), store.AsksForCode,
        store.NotCollectedDays, store.LockMinutes, store.Languages.Split(','), store.Version);
}
