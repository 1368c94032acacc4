using System.Data.Common;
using Dapper;
using StoreFlow.Features.Merchants;

namespace StoreFlow.Features.Webhooks;

/// <summary>Where a web hook is sent, and with which secrets it is signed.</summary>
internal sealed record Webhook
{
    /// <summary>How long the secret before the newest one signs as well, so that a receiver has time to change it.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public long DestinationId { get; init; }
    public required string Url { get; init; }
    public required byte[] Secret { get; init; }
    public byte[]? OldSecret { get; init; }
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>The secrets that sign now, newest first.</summary>
    public IEnumerable<byte[]> SecretsAt(DateTimeOffset now) =>
        OldSecret is not null && now < OldSecretUntil ? [Secret, OldSecret] : [Secret];

    /// <summary>What the merchant's log calls it.</summary>
    public static MerchantLog.Subject SubjectOf(long merchantId, long id, string url) =>
        new(merchantId, null, SubjectKind.Webhook, id, url);

    public static Webhook Of(DbConnection db, long destinationId) => db.QuerySingle<Webhook>(
        "SELECT destination_id, url, secret, old_secret, old_secret_until FROM webhooks WHERE destination_id = @destinationId",
        new { destinationId });

    public static void Make(DbConnection db, long destinationId, string url, byte[] secret) => db.Execute(
        "INSERT INTO webhooks (destination_id, url, secret) VALUES (@destinationId, @url, @secret)", new { destinationId, url, secret });

    public void SetUrl(DbConnection db, string url) =>
        db.Execute("UPDATE webhooks SET url = @url WHERE destination_id = @DestinationId", new { url, DestinationId });

    /// <summary>Signs with a new secret from now on, and with the one before it for a day.</summary>
    public void Rotate(DbConnection db, byte[] secret, DateTimeOffset now) => db.Execute(
        "UPDATE webhooks SET old_secret = secret, old_secret_until = @until, secret = @secret WHERE destination_id = @DestinationId",
        new { until = now + Overlap, secret, DestinationId });
}
