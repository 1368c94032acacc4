using System.Data.Common;
using System.Globalization;
using MimeKit;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>Sends a store's e-mails. Each is made of one row of the log, as the order was then.</summary>
internal sealed class EmailChannel(Database database, TimeProvider clock, Settings settings, Mailer mailer) : IChannel
{
    /// <summary>Older news is none: after days without a mail server nobody wants to read that their order was accepted.</summary>
    private static readonly TimeSpan CustomersNews = TimeSpan.FromDays(3);
    private static readonly TimeSpan ShopsNews = TimeSpan.FromDays(1);

    public DestinationKind Kind => DestinationKind.Email;

    /// <summary>Mail servers take many messages at once for junk.</summary>
    public TimeSpan Spacing => TimeSpan.FromSeconds(1);

    public IEnumerable<string> EventsOf(Destination destination, Announcement announcement) =>
        EmailKinds.Of(announcement).Select(Names.Of).Where(destination.Takes);

    public async Task<SendResult> SendAsync(Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        var (message, why) = database.Read(db => Make(db, destination, delivery));
        return message is null
            ? new(null, why, IsFinal: true, IsOfMessage: true)
            : await mailer.SendAsync(message, FileOf(delivery), cancellationToken);
    }

    // "20261127T081500Z-msg_...": in the order of their making, and the same for a repeat.
    private static string FileOf(Delivery delivery) =>
        $"{delivery.CreatedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{delivery.MessageId}";

    /// <summary>The e-mail, or why none is sent.</summary>
    private (MimeMessage? Message, string? Why) Make(DbConnection db, Destination destination, Delivery delivery)
    {
        var kind = Names.Read<EmailKind>(delivery.Event);
        if (EmailFacts.Read(db, settings, clock, kind, delivery.StoreId, delivery.OrderId, delivery.Sequence) is not { } facts)
            return (null, "The log has no such event any more.");
        var emails = StoreEmails.Of(db, destination);
        var to = kind.IsForShop() ? emails.ShopAddress : facts.Order.CustomerEmail;
        if (string.IsNullOrEmpty(to))
            return (null, kind.IsForShop() ? "The shop has no address on its e-mail page." : "The customer left no e-mail address.");
        // What was tried in time is not too old while it is tried again, or where a person asks for it.
        var isNew = delivery.Attempts == 0 && delivery.About == "" && Delivery.AttemptsOf(db, delivery.Id).Count == 0;
        if ((WhyNone(facts, kind) ?? (isNew && IsTooOld(facts, kind) ? "It is too old to be news." : null)) is { } why)
            return (null, why);
        var content = EmailContent.Render(
            emails.WordingOf(kind, facts.Language), facts.Values, kind.IsForShop(), facts.Language);
        return (
            mailer.Make(
                content, facts.Store, to, kind.IsForShop() ? null : facts.Order.CustomerName, kind.IsForShop() ? null : emails.ShopAddress,
                delivery.MessageId, clock.Now()),
            null);
    }

    private bool IsTooOld(EmailFacts facts, EmailKind kind) => clock.Now() - facts.At > (kind.IsForShop() ? ShopsNews : CustomersNews);

    /// <summary>Why nobody wants to read it any more; null where they do.</summary>
    private static string? WhyNone(EmailFacts facts, EmailKind kind)
    {
        var stage = facts.Order.Stage;
        return kind switch
        {
            EmailKind.LateOrder => stage.IsDue ? null : $"The order is {stage.Is} meanwhile.",
            _ when stage.IsTerminal && !(facts.IsLastStatus && facts.Row.EndsOrder) => $"The order is {stage.Is} meanwhile.",
            EmailKind.OrderAccepted or EmailKind.PromiseChanged when !stage.IsDue => $"The order is {stage.Is} meanwhile.",
            EmailKind.PromiseChanged when facts.IsPromisedAnew => "The time was changed once more since.",
            _ => null,
        };
    }
}
