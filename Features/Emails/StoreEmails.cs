using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>The e-mails of one store. They go through a destination of their own.</summary>
internal sealed record StoreEmails
{
    public long StoreId { get; init; }
    public long DestinationId { get; init; }

    /// <summary>Where the shop reads, and where customers' answers go; null where nobody has said.</summary>
    public string? ShopAddress { get; init; }

    /// <summary>JSON, the owner's own words by the message's name.</summary>
    public string Wordings { get; init; } = "{}";

    /// <summary>When they were switched on last; the epoch where they never were.</summary>
    public DateTimeOffset Since { get; init; }

    public bool WereNeverOn => Since == DateTimeOffset.UnixEpoch;

    /// <summary>Null for a store whose e-mails nobody has looked after yet.</summary>
    public static StoreEmails? Find(DbConnection db, long storeId) =>
        db.QuerySingleOrDefault<StoreEmails>($"{FindSql} WHERE store_id = @storeId", new { storeId });

    public static StoreEmails Of(DbConnection db, Destination destination) =>
        db.QuerySingle<StoreEmails>($"{FindSql} WHERE destination_id = @Id", new { destination.Id });

    /// <summary>Makes them, switched off, with what is usual.</summary>
    public static StoreEmails Make(DbConnection db, Store store, DateTimeOffset now)
    {
        var destination = Destination.Make(
            db, DestinationKind.Email, store.MerchantId, EventsOf(EmailKinds.Usual), [store.Id], now);
        Destination.SwitchOff(db, destination);
        db.Execute(
            "INSERT INTO store_emails (store_id, destination_id, since) VALUES (@Id, @destination, @never)",
            new { store.Id, destination, never = DateTimeOffset.UnixEpoch });
        return Find(db, store.Id)!;
    }

    public void SetShopAddress(DbConnection db, string? address) =>
        db.Execute("UPDATE store_emails SET shop_address = @address WHERE store_id = @StoreId", new { address, StoreId });

    public void SetWordings(DbConnection db, IReadOnlyDictionary<string, Wording> wordings) => db.Execute(
        "UPDATE store_emails SET wordings = @json WHERE store_id = @StoreId",
        new { json = JsonSerializer.Serialize(wordings, Json.Stored), StoreId });

    public void SetSince(DbConnection db, DateTimeOffset now) =>
        db.Execute("UPDATE store_emails SET since = @now WHERE store_id = @StoreId", new { now, StoreId });

    public Dictionary<string, Wording> ReadWordings() => JsonSerializer.Deserialize<Dictionary<string, Wording>>(Wordings, Json.Stored)!;

    /// <summary>The owner's words for a message, or the product's.</summary>
    public Wording WordingOf(EmailKind kind, Language language) =>
        ReadWordings().GetValueOrDefault(Names.Of(kind)) ?? EmailTexts.Of(kind, language);

    /// <summary>The chosen messages as a destination keeps them.</summary>
    public static string EventsOf(IEnumerable<EmailKind> kinds) => string.Join(',', kinds.Distinct().Order().Select(Names.Of));

    /// <summary>What the merchant's log calls them.</summary>
    public static MerchantLog.Subject SubjectOf(Store store) => new(store.MerchantId, store.Id, SubjectKind.Emails, store.Id, store.Name);

    private const string FindSql = "SELECT store_id, destination_id, shop_address, wordings, since FROM store_emails";
}
