using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>Which e-mails a store sends, and in which words. The owner decides.</summary>
public sealed class EmailsModule : ICarterModule
{
    /// <param name="Kind">Which message.</param>
    /// <param name="IsForShop">Whether it goes to the shop's address, not to the customer.</param>
    /// <param name="Chosen">Whether it is sent.</param>
    /// <param name="Subject">Its subject, with placeholders.</param>
    /// <param name="Text">Its text, with placeholders.</param>
    /// <param name="IsOwn">Whether these are the owner's own words.</param>
    public sealed record Message(EmailKind Kind, bool IsForShop, bool Chosen, string Subject, string Text, bool IsOwn);

    /// <param name="Active">Whether the store sends e-mails. Switched off, it keeps its place and can catch up.</param>
    /// <param name="LeavesHouse">Whether the server has a mail server; without one each e-mail is kept as a file.</param>
    /// <param name="HasLinks">Whether the server knows its own address; without it e-mails have no links.</param>
    /// <param name="From">The address that e-mails come from.</param>
    /// <param name="ShopAddress">Where the shop reads, and where customers' answers go.</param>
    /// <param name="FailingSince">Since when the mail server has taken nothing; null where the last try arrived.</param>
    /// <param name="Messages">All that can be sent.</param>
    /// <param name="Version">Grows with each change; 0 before the first.</param>
    public sealed record View(
        bool Active, bool LeavesHouse, bool HasLinks, string From, string? ShopAddress, DateTimeOffset? FailingSince,
        IReadOnlyList<Message> Messages, long Version);

    /// <param name="Subject">One line, up to 200 characters.</param>
    /// <param name="Text">Paragraphs, up to 5000 characters.</param>
    public sealed record Words(string? Subject, string? Text);

    /// <param name="Active">Whether the store sends e-mails. Switched on again, what was missed is sent where it is still news.</param>
    /// <param name="SkipMissed">Switched on again, only what happens from now on is told.</param>
    /// <param name="ShopAddress">Where the shop reads; empty for nowhere.</param>
    /// <param name="Messages">The messages that are sent.</param>
    /// <param name="Wordings">The owner's own words by message; null for the product's.</param>
    /// <param name="Version">The version that the caller has seen; another one is refused as <c>stale</c>.</param>
    public sealed record Body(
        bool? Active = null, bool? SkipMissed = null, string? ShopAddress = null, IReadOnlyList<string?>? Messages = null,
        IReadOnlyDictionary<string, Words?>? Wordings = null, long? Version = null);

    /// <param name="To">Where it was sent.</param>
    /// <param name="Outcome">What became of it.</param>
    /// <param name="Fault">Why it did not arrive; null where it did.</param>
    public sealed record Tested(string To, EmailOutcome Outcome, string? Fault);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageMerchant).WithTags("Emails");

        group.MapGet("/merchant/stores/{id}/emails", Results<Ok<View>, ProblemHttpResult> (
                    long id, Actor actor, Database database, Settings settings, Mailer mailer) =>
                Find(database, settings, mailer, actor, id) is { } view ? TypedResults.Ok(view) : Refusal.NotFound.ToHttp())
            .Describe("GetEmails", "Read which e-mails a store sends, and their words", Reason.Unauthenticated, Reason.Forbidden,
                Reason.NotFound);

        group.MapPatch("/merchant/stores/{id}/emails", async Task<Results<Ok<View>, ProblemHttpResult>> (
                    long id, Body body, Actor actor, Database database, TimeProvider clock, Settings settings, Mailer mailer) =>
                (await ChangeAsync(database, clock, settings, mailer, actor, id, body)).ToOk())
            .Describe("ChangeEmails", "Switch a store's e-mails on or off, choose them, or word them anew", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.Busy);

        group.MapPost("/merchant/stores/{id}/emails/test", async Task<Results<Ok<Tested>, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock, Mailer mailer, CancellationToken cancellationToken) =>
                await TestAsync(database, clock, mailer, actor, id, cancellationToken) is { } tested
                    ? TypedResults.Ok(tested)
                    : Refusal.NotFound.ToHttp())
            .Describe("TestEmails", "Send a test to the shop's address, or to one's own where there is none", Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound);
    }

    internal static View? Find(Database database, Settings settings, Mailer mailer, Actor actor, long storeId) => database.Read(db =>
        Store.Find(db, storeId, actor.UserId) is null ? null : ViewOf(db, settings, mailer, storeId));

    internal static async Task<Outcome<View>> ChangeAsync(
        Database database, TimeProvider clock, Settings settings, Mailer mailer, Actor actor, long storeId, Body body)
    {
        var fields = new Fields();
        var change = EmailsChange.Read(fields, body);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<View>>(db =>
        {
            if (Store.Find(db, storeId, actor.UserId) is not { } store)
                return Refusal.NotFound;
            var now = clock.Now();
            var before = StoreEmails.Find(db, storeId);
            var version = before is null ? 0 : Destination.Find(db, before.DestinationId)!.Version;
            if (MerchantLog.Stale(db, SubjectKind.Emails, storeId, body.Version, version, now) is { } stale)
                return stale;
            if (change.WhyNot(before, before is null ? null : Destination.Find(db, before.DestinationId)) is { } why)
                return why;
            change.Apply(db, store, before, actor.UserId, now);
            return ViewOf(db, settings, mailer, storeId);
        });
    }

    /// <summary>Sends a test at once, and tells what came of it.</summary>
    internal static async Task<Tested?> TestAsync(
        Database database, TimeProvider clock, Mailer mailer, Actor actor, long storeId, CancellationToken cancellationToken)
    {
        var (store, to) = database.Read(db => (
            Store.Find(db, storeId, actor.UserId),
            StoreEmails.Find(db, storeId)?.ShopAddress ?? Person.Find(db, actor.MerchantId, actor.UserId)?.Email));
        if (store is null || to is null)
            return null;
        var id = $"test_{Guid.NewGuid():N}";
        var message = mailer.Make(OwnerEmails.Test(store.Name), store.Name, to, name: null, replyTo: null, id, clock.Now());
        var result = await mailer.SendAsync(message, id, cancellationToken);
        return new(to, EmailOutcomes.Of(result), result.Fault);
    }

    internal static View ViewOf(DbConnection db, Settings settings, Mailer mailer, long storeId)
    {
        var (emails, language) = (StoreEmails.Find(db, storeId), OrderLanguage.OfStore(db, storeId));
        var destination = emails is null ? null : Destination.Find(db, emails.DestinationId);
        var own = emails?.ReadWordings() ?? [];
        return new(
            destination?.Active == true, mailer.HasServer, settings.PublicUrl is { Length: > 0 }, mailer.From, emails?.ShopAddress,
            destination?.FailingSince,
            [
                .. Enum.GetValues<EmailKind>().Select(kind =>
                {
                    var words = own.GetValueOrDefault(Names.Of(kind));
                    var wording = words ?? EmailTexts.Of(kind, language);
                    return new Message(
                        kind, kind.IsForShop(), destination?.Takes(Names.Of(kind)) ?? EmailKinds.Usual.Contains(kind), wording.Subject,
                        wording.Text, words is not null);
                }),
            ],
            destination?.Version ?? 0);
    }
}
