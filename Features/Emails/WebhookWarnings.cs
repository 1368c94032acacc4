using System.Globalization;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>
/// Tells the owners of a web hook that has failed for a day, or that was switched off because its receiver wanted nothing more. Only
/// where e-mails leave this machine.
/// </summary>
internal sealed class WebhookWarnings(Database database, TimeProvider clock, Settings settings, Mailer mailer)
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(15);

    private DateTimeOffset? _failedAt;

    private sealed record Trouble
    {
        public long DestinationId { get; init; }
        public long MerchantId { get; init; }
        public required string Url { get; init; }
        public DateTimeOffset? FailingSince { get; init; }
        public bool Active { get; init; }
    }

    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        if (!mailer.HasServer || _failedAt is { } failed && now >= failed && now - failed < BetweenTries)
            return;
        foreach (var trouble in database.Read(db => db.Query<Trouble>(TroubleSql, new { before = now - Patience }).AsList()))
        {
            if (!database.OwnsBackgroundWork)
                return; // another node tells the rest
            if (await TellAsync(trouble, now, cancellationToken))
                await database.WriteAsync(db => db.Execute(
                    "UPDATE destinations SET warned_at = @now WHERE id = @DestinationId", new { now, trouble.DestinationId }));
            else
                _failedAt = now;
        }
    }

    /// <summary>Whether each owner could be told.</summary>
    private async Task<bool> TellAsync(Trouble trouble, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = trouble.Active
            ? OwnerEmails.WebhookFails(
                trouble.Url, StoreSchedule.ToldInFull(trouble.FailingSince!.Value, clock.LocalTimeZone), settings.LinkTo("/dashboard"))
            : OwnerEmails.WebhookEnded(trouble.Url, settings.LinkTo("/dashboard"));
        foreach (var owner in database.Read(db => db.Query<string>(OwnersSql, new { trouble.MerchantId }).AsList()))
        {
            var id = string.Create(
                CultureInfo.InvariantCulture, $"hook_{trouble.DestinationId}_{now.ToUnixTimeSeconds()}_{Guid.NewGuid():N}");
            var message = mailer.Make(content, "StoreFlow", owner, name: null, replyTo: null, id, now);
            var result = await mailer.SendAsync(message, id, cancellationToken);
            if (result is { Fault: not null, IsOfMessage: false })
                return false;
        }
        return true;
    }

    private const string TroubleSql = """
        SELECT t.id AS destination_id, t.merchant_id, w.url, t.failing_since, t.active
          FROM destinations t
          JOIN webhooks w ON w.destination_id = t.id
         WHERE t.removed_at IS NULL AND t.warned_at IS NULL
           AND (t.active = 1 AND t.failing_since <= @before OR t.active = 0 AND t.ended_because IS NOT NULL)
        """;

    private const string OwnersSql =
        "SELECT email FROM users WHERE merchant_id = @MerchantId AND role = 'owner' AND active = 1 ORDER BY id";
}
