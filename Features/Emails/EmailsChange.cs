using System.Data.Common;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>What an owner changes in a store's e-mails.</summary>
internal sealed record EmailsChange
{
    private bool? Active { get; init; }
    private bool SkipMissed { get; init; }
    private bool HasShopAddress { get; init; }
    private string? ShopAddress { get; init; }
    private IReadOnlyList<EmailKind>? Kinds { get; init; }
    private IReadOnlyDictionary<string, Wording?> Wordings { get; init; } = new Dictionary<string, Wording?>();

    /// <summary>Reads a body, and tells what is wrong with it.</summary>
    public static EmailsChange Read(Fields fields, EmailsModule.Body body)
    {
        var wordings = new Dictionary<string, Wording?>();
        foreach (var (name, words) in body.Wordings ?? new Dictionary<string, EmailsModule.Words?>())
            if (Names.Find<EmailKind>(name) is not { } kind)
                fields.Refuse($"wordings.{name}", $"This has to be one of: {Names.All<EmailKind>()}.");
            else
                wordings[name] = words is null ? null : Wording.Read(fields, $"wordings.{name}", kind, words.Subject, words.Text);
        if (body.Messages is { } chosen && !chosen.All(name => name is not null && Names.Find<EmailKind>(name) is not null))
            fields.Refuse("messages", $"This has to be some of {Names.All<EmailKind>()}.");
        return new()
        {
            Active = body.Active,
            SkipMissed = body.SkipMissed == true,
            HasShopAddress = body.ShopAddress is not null,
            ShopAddress = string.IsNullOrWhiteSpace(body.ShopAddress) ? null : fields.Email("shop_address", body.ShopAddress),
            Kinds = body.Messages is null || fields.Errors.ContainsKey("messages")
                ? null
                : [.. body.Messages.Select(name => Names.Read<EmailKind>(name!))],
            Wordings = wordings,
        };
    }

    /// <summary>Why it does not fit to what is there; null where it does.</summary>
    public Refusal? WhyNot(StoreEmails? before, Destination? destination)
    {
        var address = HasShopAddress ? ShopAddress : before?.ShopAddress;
        var tellsShop = Kinds is not null
            ? Kinds.Any(EmailKinds.IsForShop)
            : destination is not null && Enum.GetValues<EmailKind>().Any(kind => kind.IsForShop() && destination.Takes(Names.Of(kind)));
        return tellsShop && address is null
            ? Refusal.Invalid("shop_address", "This is needed for the messages to the shop.")
            : null;
    }

    /// <summary>Makes the change and its row in the merchant's log, in the caller's write transaction.</summary>
    public void Apply(DbConnection db, Store store, StoreEmails? before, long author, DateTimeOffset now)
    {
        var emails = before ?? StoreEmails.Make(db, store, now);
        var destination = Destination.Find(db, emails.DestinationId)!;
        if (HasShopAddress)
            emails.SetShopAddress(db, ShopAddress);
        if (Kinds is not null)
            destination.SetEvents(db, StoreEmails.EventsOf(Kinds));
        var (words, language) = (emails.ReadWordings(), OrderLanguage.OfStore(db, store.Id));
        foreach (var (name, wording) in Wordings)
            if (wording is null || wording == EmailTexts.Of(Names.Read<EmailKind>(name), language))
                words.Remove(name);
            else
                words[name] = wording;
        emails.SetWordings(db, words);
        if (Active == true && !destination.Active)
        {
            // The first time nothing was missed, whenever the words were looked after.
            Destination.SwitchOn(db, destination.Id, SkipMissed || emails.WereNeverOn, now);
            emails.SetSince(db, now);
        }
        if (Active == false && destination.Active)
            Destination.SwitchOff(db, destination.Id);
        if (before is not null)
            destination.CountChange(db);
        Log(db, store, before is null ? null : (before, destination), author, now);
    }

    private static void Log(DbConnection db, Store store, (StoreEmails Emails, Destination Destination)? before, long author,
        DateTimeOffset now)
    {
        var emails = StoreEmails.Find(db, store.Id)!;
        var after = new Logged(emails, Destination.Find(db, emails.DestinationId)!);
        var changes = LoggedAs.Between(before is null ? null : new(before.Value.Emails, before.Value.Destination), after);
        if (changes.Count > 0)
            MerchantLog.Append(
                db, StoreEmails.SubjectOf(store), before is null ? LogAction.Created : LogAction.Changed, changes, author, now);
    }

    private sealed record Logged(StoreEmails Emails, Destination Destination)
    {
        public string? SubjectOf(EmailKind kind) => Emails.ReadWordings().GetValueOrDefault(Names.Of(kind))?.Subject;

        public string? TextOf(EmailKind kind) => Emails.ReadWordings().GetValueOrDefault(Names.Of(kind))?.Text;
    }

    private static readonly LoggedFields<Logged> LoggedAs = new(
    [
        ("active", logged => logged.Destination.Active),
        ("shop_address", logged => logged.Emails.ShopAddress),
        ("messages", logged => logged.Destination.Events.Replace(",", ", ", StringComparison.Ordinal)),
        .. Enum.GetValues<EmailKind>().SelectMany(IEnumerable<(string, Func<Logged, object?>)> (kind) =>
        [
            ($"{Names.Of(kind)}_subject", logged => logged.SubjectOf(kind)),
            ($"{Names.Of(kind)}_text", logged => logged.TextOf(kind)),
        ]),
    ]);
}
