using System.Buffers.Text;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>One message to one browser: what it says, and how it gets there.</summary>
internal sealed record PushMessage
{
    /// <summary>The JSON that the browser reads.</summary>
    /// <param name="Title">The store.</param>
    /// <param name="Body">The sentence.</param>
    /// <param name="Url">The path of the order's page.</param>
    public sealed record Shown(string Title, string Body, string Url);

    public long SubscriptionId { get; init; }
    public required string Endpoint { get; init; }
    public required byte[] P256dh { get; init; }
    public required byte[] Auth { get; init; }
    public required string PublicId { get; init; }
    public FulfilmentType FulfilmentType { get; init; }

    /// <summary>What the order is now.</summary>
    public OrderStatus Status { get; init; }

    public required string StoreName { get; init; }

    /// <summary>The code of the language in which the order was placed.</summary>
    public required string Language { get; init; }

    private Language In => OrderLanguage.Of(Language);

    /// <summary>The owner's e-mail address.</summary>
    public string? OwnerEmail { get; init; }

    /// <summary>When what it tells happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The stage of the order now.</summary>
    public Stage Stage => Lifecycle.Of(FulfilmentType, Status);

    /// <summary>
    /// What a later message about the order replaces an earlier one by, while the phone is off: 32 characters of base64url (RFC 8030).
    /// The push service reads it, so that it must not be the order's key.
    /// </summary>
    public string Topic => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.ASCII.GetBytes($"push {PublicId}"))[..24]);

    /// <summary>The body, before it is encrypted.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new Shown(StoreName, PushTexts.Of(Stage, Orders.PublicId.Reference(PublicId), In)!, $"/track/{PublicId}"), Json.Answers);

    /// <summary>Whether customers are told of this status.</summary>
    public static bool IsTold(OrderStatus status) =>
        Lifecycle.Stages.Any(stage => stage.Status == status && PushTexts.Of(stage, "", Languages.Language.English) is not null);

    /// <summary>The message of a delivery; null where its subscription is gone.</summary>
    public static PushMessage? Find(DbConnection db, Delivery delivery) => db.QuerySingleOrDefault<PushMessage>(Sql, new
    {
        subscription = long.Parse(delivery.About, CultureInfo.InvariantCulture),
        delivery.OrderId,
        delivery.StoreId,
        delivery.Sequence,
    });

    private const string Sql = """
        SELECT p.id AS subscription_id, p.endpoint, p.p256dh, p.auth, o.public_id, o.fulfilment_type, o.status, o.language,
               s.name AS store_name,
               (SELECT u.email FROM users u
                 WHERE u.merchant_id = o.merchant_id AND u.role = 'owner' AND u.active = 1
                 ORDER BY u.id
                 LIMIT 1) AS owner_email,
               a.created_at AS at
          FROM push_subscriptions p
          JOIN orders o ON o.id = p.order_id
          JOIN stores s ON s.id = o.store_id
          JOIN audit_log a ON a.store_id = @StoreId AND a.sequence = @Sequence
         WHERE p.id = @subscription AND p.order_id = @OrderId
        """;
}
