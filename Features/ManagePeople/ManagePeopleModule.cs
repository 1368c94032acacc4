using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManagePeople;

/// <summary>Who works for the merchant: invited, given roles and stores, and locked out by the owner.</summary>
public sealed class ManagePeopleModule : ICarterModule
{
    /// <param name="Id">Their number.</param>
    /// <param name="Email">How they sign in.</param>
    /// <param name="Name">How colleagues and the logs call them.</param>
    /// <param name="Role">owner, manager or staff.</param>
    /// <param name="StoreIds">Where a manager or staff works; an owner works everywhere, and has none here.</param>
    /// <param name="Active">false locks them out.</param>
    /// <param name="HasPassword">Whether they have chosen a password.</param>
    /// <param name="HasPin">Whether they can take over a shared tablet.</param>
    /// <param name="Version">Grows with each change.</param>
    public sealed record View(
        long Id, string Email, string Name, Role Role, IReadOnlyList<long> StoreIds, bool Active, bool HasPassword, bool HasPin,
        long Version);

    /// <param name="Users">Everybody for an owner; for a manager, who works in the same stores.</param>
    public sealed record List(IReadOnlyList<View> Users);

    /// <summary>A one-time link, shown once. With it the person chooses a password; it dies on use and after three days.</summary>
    /// <param name="User">Whose it is.</param>
    /// <param name="Link">The address to send to them.</param>
    /// <param name="ExpiresAt">Until when it works.</param>
    public sealed record Invited(View User, string Link, DateTimeOffset ExpiresAt);

    /// <param name="Email">How the person signs in; nobody else has it.</param>
    /// <param name="Name">How colleagues and the logs call them.</param>
    /// <param name="Role">owner, manager or staff.</param>
    /// <param name="StoreIds">Where a manager or staff works.</param>
    public sealed record NewBody(string? Email, string? Name, Role? Role, IReadOnlyList<long>? StoreIds = null);

    /// <summary>What is changed. What is left out stays.</summary>
    /// <param name="Email">How they sign in.</param>
    /// <param name="Name">How colleagues and the logs call them.</param>
    /// <param name="Role">owner, manager or staff.</param>
    /// <param name="StoreIds">All the stores where they work.</param>
    /// <param name="Active">false locks them out, tokens included: what they have open ends within seconds.</param>
    /// <param name="Version">The version that the caller has seen; another one is refused as <c>stale</c>.</param>
    public sealed record Body(
        string? Email = null, string? Name = null, Role? Role = null, IReadOnlyList<long>? StoreIds = null, bool? Active = null,
        long? Version = null);

    /// <param name="Pin">Four to six digits; null takes the PIN away. What was opened with the old one is locked.</param>
    public sealed record PinBody(string? Pin = null);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageStore).WithTags("Merchant");

        group.MapGet("/merchant/users", (Actor actor, Database database) => TypedResults.Ok(Find(database, actor)))
            .Describe("ListUsers", "List who works for the merchant", Reason.Unauthenticated, Reason.Forbidden);

        group.MapPost("/merchant/users", async Task<Results<Created<Invited>, ProblemHttpResult>> (
                    NewBody body, Actor actor, Database database, TimeProvider clock, HttpRequest request) =>
                (await InviteAsync(database, clock, actor, body, SiteOf(request))).ToCreated(_ => "/merchant/users"))
            .RequireAuthorization(Policies.ManageMerchant)
            .Describe("InviteUser", "Invite somebody by a one-time link", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/merchant/users/{id}", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, Body body, Actor actor, Database database, TimeProvider clock) =>
                (await ChangeAsync(database, clock, actor, id, body)).ToOk())
            .RequireAuthorization(Policies.ManageMerchant)
            .Describe("ChangeUser", "Change a user's role and stores, or lock them out", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPost("/merchant/users/{id}/link", async Task<Results<Created<Invited>, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock, HttpRequest request) =>
                (await MakeLinkAsync(database, clock, actor, id, SiteOf(request))).ToCreated(_ => "/merchant/users"))
            .RequireAuthorization(Policies.ManageMerchant)
            .Describe("MakeUserLink", "Let a user choose a new password by a one-time link", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Busy);

        group.MapPut("/merchant/users/{id}/pin", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, PinBody body, Actor actor, Database database, TimeProvider clock) =>
                (await SetPinAsync(database, clock, actor, id, body)).ToOk())
            .Describe("SetUserPin", "Set somebody's PIN for shared tablets", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    internal static List Find(Database database, Actor actor) => database.Read(db => new List(
    [
        .. Person.OfMerchant(db, actor.MerchantId)
            .Where(person => actor.Role is Role.Owner || SharesAStore(db, actor, person)).Select(ViewOf),
    ]));

    /// <summary>Whether the actor, a manager, works in a store of the person, who is no owner.</summary>
    internal static bool SharesAStore(DbConnection db, Actor actor, Person person) =>
        person.Role is not Role.Owner && person.StoreIds.Any(store => Rights.WorksIn(db, actor, store));

    /// <summary>Whether the person is one of the staff who works in the manager's stores only: their PIN opens no other store.</summary>
    private static bool StandsAbove(DbConnection db, Actor actor, Person person) =>
        person.Role is Role.Staff && person.StoreIds.Count > 0 && person.StoreIds.All(store => Rights.WorksIn(db, actor, store));

    internal static async Task<Outcome<Invited>> InviteAsync(
        Database database, TimeProvider clock, Actor actor, NewBody body, string site)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        var person = new Person
        {
            MerchantId = actor.MerchantId,
            Email = body.Email ?? "",
            Name = body.Name ?? "",
            Role = fields.Choice("role", body.Role),
            StoreIds = [.. (body.StoreIds ?? []).Distinct()],
        };
        person.Check(fields);
        CheckStores(fields, person);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<Invited>>(db =>
        {
            CheckKnown(db, fields, actor, person);
            if (Person.FindByEmail(db, person.Email) is not null)
                fields.Refuse("email", "Somebody has this e-mail address already.");
            if (fields.Refusal is { } taken)
                return taken;
            var now = clock.Now();
            var saved = person.Save(db, before: null, actor.UserId, now).Now;
            return Link(db, saved, actor, site, now);
        });
    }

    internal static async Task<Outcome<Invited>> MakeLinkAsync(Database database, TimeProvider clock, Actor actor, long id, string site) =>
        !actor.ManagesMerchant ? Refusal.Forbidden : await database.WriteAsync<Outcome<Invited>>(db =>
            Person.Find(db, actor.MerchantId, id) is not { } person ? Refusal.NotFound
            : !person.Active ? Refusal.Invalid("id", "This person is locked out. Let them in again first.")
            : Link(db, person, actor, site, clock.Now()));

    private static Invited Link(DbConnection db, Person person, Actor actor, string site, DateTimeOffset now) =>
        new(ViewOf(person), site + OneTimeLinks.Make(db, person, actor.UserId, now), now + OneTimeLinks.Lifetime);

    internal static async Task<Outcome<View>> ChangeAsync(Database database, TimeProvider clock, Actor actor, long id, Body body)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        Apply(body, new() { Email = "a@example.org", Name = "-" }).Check(fields);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            var now = clock.Now();
            if (Person.Find(db, actor.MerchantId, id) is not { } before)
                return Refusal.NotFound;
            var after = Apply(body, before);
            CheckStores(fields, after);
            CheckKnown(db, fields, actor, after);
            if (Person.FindByEmail(db, after.Email) is { } other && other.Id != id)
                fields.Refuse("email", "Somebody has this e-mail address already.");
            CheckOwners(db, fields, actor, before, after);
            if (fields.Refusal is { } refused)
                return refused;
            if (MerchantLog.Stale(db, SubjectKind.User, id, body.Version, before.Version, now) is { } stale)
                return stale;
            return ViewOf(after.Save(db, before, actor.UserId, now).Now);
        });
    }

    internal static async Task<Outcome<View>> SetPinAsync(Database database, TimeProvider clock, Actor actor, long id, PinBody body)
    {
        var fields = new Fields();
        if (body.Pin is { } pin)
            MerchantRules.Pin(fields, "pin", pin);
        if (fields.Refusal is { } invalid)
            return invalid;
        var hash = body.Pin is null ? null : Passwords.Hash(body.Pin); // some 60 ms, so before the transaction
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            if (Person.Find(db, actor.MerchantId, id) is not { } person
                || (actor.Role is not Role.Owner && person.Id != actor.UserId && !StandsAbove(db, actor, person)))
                return Refusal.NotFound;
            person.SetPin(db, hash, actor.UserId, clock.Now());
            return ViewOf(person with { HasPin = hash is not null });
        });
    }

    private static Person Apply(Body body, Person person)
    {
        var role = body.Role ?? person.Role;
        return person with
        {
            Email = body.Email ?? person.Email,
            Name = body.Name ?? person.Name,
            Role = role,
            StoreIds = body.StoreIds is { } ids ? [.. ids.Distinct()] : role is Role.Owner ? [] : person.StoreIds,
            Active = body.Active ?? person.Active,
        };
    }

    private static void CheckStores(Fields fields, Person person)
    {
        if (person is { Role: Role.Owner, StoreIds.Count: > 0 })
            fields.Refuse("store_ids", "An owner works in every store: leave this out.");
    }

    private static void CheckKnown(DbConnection db, Fields fields, Actor actor, Person person)
    {
        foreach (var (i, store) in person.StoreIds.Index())
            if (!Rights.WorksIn(db, actor, store))
                fields.Refuse($"store_ids[{i}]", "There is no such store.");
    }

    /// <summary>Somebody always remains who can manage the shop.</summary>
    private static void CheckOwners(DbConnection db, Fields fields, Actor actor, Person before, Person after)
    {
        var at = after.Active ? "role" : "active";
        if (before is not { Role: Role.Owner, Active: true } || after is { Role: Role.Owner, Active: true })
            return;
        if (!Person.HasOtherOwner(db, before))
            fields.Refuse(at, "The shop needs an owner. Make somebody else an owner first.");
        else if (before.Id == actor.UserId)
            fields.Refuse(at, "You cannot take your own rights away. Another owner can.");
    }

    private static View ViewOf(Person person) => new(
        person.Id, person.Email, person.Name, person.Role, person.StoreIds, person.Active, person.HasPassword, person.HasPin,
        person.Version);

    /// <summary>The address of this server, as its caller has it.</summary>
    private static string SiteOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
