using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Webhooks;

/// <summary>Web hooks for programs of the merchant: made, changed and removed by the owner.</summary>
public sealed class WebhooksModule : ICarterModule
{
    /// <summary>So many web hooks a merchant may have: each is told on its own.</summary>
    internal const int Most = 20;

    /// <param name="Id">Its number.</param>
    /// <param name="Url">Where events are sent.</param>
    /// <param name="Events">Which events are sent.</param>
    /// <param name="StoreIds">The stores whose events are sent; null for all, with those that are made later.</param>
    /// <param name="Active">Whether anything is sent. Switched off, it keeps its place and can catch up.</param>
    /// <param name="EndedBecause">Why it was switched off by itself; null where it was not.</param>
    /// <param name="FailingSince">Since when nothing has arrived; null where the last try did.</param>
    /// <param name="Version">Grows with each change.</param>
    public record View(
        long Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<long>? StoreIds, bool Active, string? EndedBecause,
        DateTimeOffset? FailingSince, long Version);

    /// <param name="Secret">What the receiver checks signatures with, shown this once; null where it stays as it is.</param>
    public sealed record WithSecret(
        long Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<long>? StoreIds, bool Active, string? EndedBecause,
        DateTimeOffset? FailingSince, long Version, string? Secret)
        : View(Id, Url, Events, StoreIds, Active, EndedBecause, FailingSince, Version);

    /// <param name="Webhooks">All of the merchant, oldest first.</param>
    public sealed record List(IReadOnlyList<View> Webhooks);

    /// <param name="Url">Where events are sent: https, up to 2000 characters.</param>
    /// <param name="Events">Which events.</param>
    /// <param name="StoreIds">The stores whose events are sent; all where it is left out.</param>
    /// <param name="Secret">A secret of the caller's own: whsec_ and 24 to 64 bytes in base64. One is made where it is left out.</param>
    public sealed record NewBody(
        string? Url, IReadOnlyList<string?>? Events, IReadOnlyList<long>? StoreIds = null, string? Secret = null);

    /// <param name="Url">Where events are sent.</param>
    /// <param name="Events">Which events.</param>
    /// <param name="StoreIds">The stores whose events are sent.</param>
    /// <param name="AllStores">With true, those of all stores are sent, of later ones as well.</param>
    /// <param name="Active">Whether anything is sent. Switched on again, it is sent what it has missed.</param>
    /// <param name="SkipMissed">Switched on again, it is sent only what happens from now on.</param>
    /// <param name="RotateSecret">Makes a new secret. The one before it signs as well for a day.</param>
    /// <param name="Version">The version that the caller has seen; another one is refused as <c>stale</c>.</param>
    public sealed record Body(
        string? Url = null, IReadOnlyList<string?>? Events = null, IReadOnlyList<long>? StoreIds = null,
        bool? AllStores = null, bool? Active = null, bool? SkipMissed = null, bool? RotateSecret = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Webhooks");

        group.MapGet("/webhooks", (Actor actor, Database database) => TypedResults.Ok(All(database, actor)))
            .Describe("ListWebhooks", "List the web hooks", Reason.Unauthenticated, Reason.Forbidden);

        group.MapGet("/webhooks/{id}", Results<Ok<View>, ProblemHttpResult> (long id, Actor actor, Database database) =>
                database.Read(db => Find(db, actor, id)) is { } found
                    ? TypedResults.Ok(ViewOf(found.Webhook, found.Destination, found.Stores))
                    : Refusal.NotFound.ToHttp())
            .Describe("GetWebhook", "Read a web hook", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/webhooks", async Task<Results<Created<WithSecret>, ProblemHttpResult>> (
                    NewBody body, Actor actor, Database database, TimeProvider clock, Settings settings) =>
                (await AddAsync(database, clock, settings, actor, body)).ToCreated(view => $"/webhooks/{view.Id}"))
            .Describe("AddWebhook", "Add a web hook; its secret is shown once", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/webhooks/{id}", async Task<Results<Ok<WithSecret>, ProblemHttpResult>> (
                    long id, Body body, Actor actor, Database database, TimeProvider clock, Settings settings) =>
                (await ChangeAsync(database, clock, settings, actor, id, body)).ToOk())
            .Describe("ChangeWebhook", "Change a web hook, switch it off and on, or give it a new secret", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.Busy);

        group.MapDelete("/webhooks/{id}", async Task<Results<NoContent, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock) =>
                await RemoveAsync(database, clock, actor, id) ? TypedResults.NoContent() : Refusal.NotFound.ToHttp())
            .Describe("RemoveWebhook", "Remove a web hook", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Busy);
    }

    internal static List All(Database database, Actor actor) => database.Read(db => new List(
    [
        .. Destination.OfMerchant(db, DestinationKind.Webhook, actor.MerchantId).Select(destination =>
            ViewOf(Webhook.Of(db, destination.Id), destination, Destination.StoresOf(db, destination.Id))),
    ]));

    internal static async Task<Outcome<WithSecret>> AddAsync(
        Database database, TimeProvider clock, Settings settings, Actor actor, NewBody body)
    {
        var fields = new Fields();
        WebhookRules.Url(fields, body.Url, settings.Webhooks.AllowPrivateAddresses);
        var events = WebhookRules.EventsOf(fields, body.Events);
        var secret = WebhookRules.Secret(fields, body.Secret);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<WithSecret>>(db =>
        {
            if (WrongStore(db, actor, body.StoreIds) is { } wrong)
                return wrong;
            if (Destination.OfMerchant(db, DestinationKind.Webhook, actor.MerchantId).Count >= Most)
                return Refusal.Invalid("url", $"There are {Most} web hooks already. Remove one first.");
            var now = clock.Now();
            var url = body.Url!.Trim();
            var id = Destination.Make(db, DestinationKind.Webhook, actor.MerchantId, events, body.StoreIds, now);
            Webhook.Make(db, id, url, secret);
            MerchantLog.Append(
                db, SubjectOf(actor, id, url), LogAction.Created, [new("url", null, url), new("events", null, events)], actor.UserId, now);
            return WithSecretOf(db, actor, id, WebhookSignature.ToText(secret));
        });
    }

    internal static async Task<Outcome<WithSecret>> ChangeAsync(
        Database database, TimeProvider clock, Settings settings, Actor actor, long id, Body body)
    {
        var fields = new Fields();
        if (body.Url is not null)
            WebhookRules.Url(fields, body.Url, settings.Webhooks.AllowPrivateAddresses);
        var events = body.Events is null ? null : WebhookRules.EventsOf(fields, body.Events);
        if (body.StoreIds is not null && body.AllStores == true)
            fields.Refuse("store_ids", "Leave this out where all_stores is true.");
        if (body.AllStores == false && body.StoreIds is null)
            fields.Refuse("all_stores", "Name the stores in store_ids instead.");
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<WithSecret>>(db =>
        {
            var now = clock.Now();
            if (Find(db, actor, id) is not var (webhook, destination, stores))
                return Refusal.NotFound;
            if (MerchantLog.Stale(db, SubjectKind.Webhook, id, body.Version, destination.Version, now) is { } stale)
                return stale;
            if (WrongStore(db, actor, body.StoreIds) is { } wrong)
                return wrong;
            var secret = body.RotateSecret == true ? WebhookSignature.NewSecret() : null;
            Change(db, webhook, destination, body, events, secret, now);
            destination.CountChange(db);
            var after = WithSecretOf(db, actor, id, secret is null ? null : WebhookSignature.ToText(secret));
            Log(db, actor, ViewOf(webhook, destination, stores), after, now);
            return after;
        });
    }

    private static void Change(
        DbConnection db, Webhook webhook, Destination destination, Body body, string? events, byte[]? secret, DateTimeOffset now)
    {
        if (body.Url is not null)
            webhook.SetUrl(db, body.Url.Trim());
        if (secret is not null)
            webhook.Rotate(db, secret, now);
        if (events is not null)
            destination.SetEvents(db, events);
        if (body.StoreIds is not null || body.AllStores == true)
            Destination.SetStores(db, destination.Id, destination.MerchantId, body.StoreIds, now);
        if (body.Active == true && !destination.Active)
            Destination.SwitchOn(db, destination.Id, body.SkipMissed == true, now);
        if (body.Active == false && destination.Active)
            Destination.SwitchOff(db, destination.Id);
    }

    internal static Task<bool> RemoveAsync(Database database, TimeProvider clock, Actor actor, long id) => database.WriteAsync(db =>
    {
        if (Find(db, actor, id) is not var (webhook, destination, _))
            return false;
        destination.Remove(db, clock.Now());
        MerchantLog.Append(db, SubjectOf(actor, id, webhook.Url), LogAction.Revoked, [], actor.UserId, clock.Now());
        return true;
    });

    private static (Webhook Webhook, Destination Destination, IReadOnlyList<long> Stores)? Find(DbConnection db, Actor actor, long id) =>
        Destination.Find(db, DestinationKind.Webhook, actor.MerchantId, id) is { } destination
            ? (Webhook.Of(db, id), destination, Destination.StoresOf(db, id))
            : null;

    private static Refusal? WrongStore(DbConnection db, Actor actor, IReadOnlyList<long>? stores) =>
        stores is { Count: 0 } ? Refusal.Invalid("store_ids", "This has to be one store or more; left out, it means all.")
        : stores?.Where(id => Store.Find(db, id, actor.UserId) is null).Select(id => (long?)id).FirstOrDefault() is { } wrong
            ? Refusal.Invalid("store_ids", $"There is no store {wrong}.")
        : null;

    private static readonly LoggedFields<View> Logged = new(
        ("url", view => view.Url),
        ("events", view => string.Join(',', view.Events)),
        ("store_ids", view => view.StoreIds is null ? null : string.Join(", ", view.StoreIds)),
        ("active", view => view.Active));

    private static void Log(DbConnection db, Actor actor, View before, WithSecret after, DateTimeOffset now)
    {
        var changes = Logged.Between(before, after);
        if (after.Secret is not null)
            changes = [.. changes, new("secret")];
        if (changes.Count == 0)
            return;
        MerchantLog.Append(db, SubjectOf(actor, after.Id, after.Url), LogAction.Changed, changes, actor.UserId, now);
    }

    private static MerchantLog.Subject SubjectOf(Actor actor, long id, string url) => Webhook.SubjectOf(actor.MerchantId, id, url);

    private static WithSecret WithSecretOf(DbConnection db, Actor actor, long id, string? secret)
    {
        var found = Find(db, actor, id)!.Value;
        var view = ViewOf(found.Webhook, found.Destination, found.Stores);
        return new(view.Id, view.Url, view.Events, view.StoreIds, view.Active, view.EndedBecause, view.FailingSince, view.Version, secret);
    }

    private static View ViewOf(Webhook webhook, Destination destination, IReadOnlyList<long> stores) => new(
        destination.Id, webhook.Url, destination.Events.Split(','), destination.AllStores ? null : stores, destination.Active,
        destination.EndedBecause, destination.FailingSince, destination.Version);
}
