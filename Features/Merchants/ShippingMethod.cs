using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>A way in which a store sends orders, as its merchant manages it.</summary>
internal sealed record ShippingMethod
{
    public long Id { get; init; }
    public long StoreId { get; init; }

    /// <summary>What orders keep of it. It never changes.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>Minor units of the store's currency.</summary>
    public long Price { get; init; }

    /// <summary>A web address with <c>{code}</c> in it, where a parcel can be followed.</summary>
    public string? TrackingUrlTemplate { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>The shop itself brings what is sent this way: it needs no code of a carrier.</summary>
    public bool OwnCourier { get; init; }

    public long Version { get; init; }

    /// <summary>Tells what is wrong with it.</summary>
    public void Check(Fields fields, string at = "")
    {
        MerchantRules.Code(fields, $"{at}code", Code);
        MerchantRules.Text(fields, $"{at}name", Name, 100);
        MerchantRules.Price(fields, $"{at}price", Price);
        MerchantRules.Template(fields, $"{at}tracking_url_template", TrackingUrlTemplate);
    }

    public static IReadOnlyList<ShippingMethod> Of(DbConnection db, long store) =>
        db.Query<ShippingMethod>($"{FindSql} WHERE store_id = @store ORDER BY id", new { store }).AsList();

    public static ShippingMethod? Find(DbConnection db, long store, string code) =>
        db.QuerySingleOrDefault<ShippingMethod>($"{FindSql} WHERE store_id = @store AND code = @code", new { store, code });

    /// <summary>Writes it and its log, in the caller's write transaction. Nothing is written where nothing differs.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="merchantId">Whose it is.</param>
    /// <param name="before">As it was; null where it is new.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public Saved<ShippingMethod> Save(DbConnection db, long merchantId, ShippingMethod? before, long? author, DateTimeOffset now) =>
        Logged.Save(
            db, before, this,
            _ => this with
            {
                Id = db.QuerySingle<long>(before is null ? InsertSql : UpdateSql, new
                {
                    StoreId,
                    Code,
                    Name,
                    Price,
                    TrackingUrlTemplate,
                    Active,
                    OwnCourier,
                    now,
                }),
                Version = (before?.Version ?? 0) + 1,
            },
            saved => new(merchantId, StoreId, SubjectKind.ShippingMethod, saved.Id, Name), author, now);

    private static readonly LoggedFields<ShippingMethod> Logged = new(
        ("code", method => method.Code),
        ("name", method => method.Name),
        ("price", method => method.Price),
        ("tracking_url_template", method => method.TrackingUrlTemplate),
        ("active", method => method.Active),
        ("own_courier", method => method.OwnCourier));

    private const string FindSql =
        "SELECT id, store_id, code, name, price, tracking_url_template, active, own_courier, version FROM shipping_methods";

    private const string InsertSql = """
        INSERT INTO shipping_methods (store_id, code, name, price, tracking_url_template, active, own_courier, created_at)
        VALUES (@StoreId, @Code, @Name, @Price, @TrackingUrlTemplate, @Active, @OwnCourier, @now)
        RETURNING id
        """;

    private const string UpdateSql = """
        UPDATE shipping_methods
           SET name = @Name, price = @Price, tracking_url_template = @TrackingUrlTemplate, active = @Active,
               own_courier = @OwnCourier, version = version + 1
         WHERE store_id = @StoreId AND code = @Code
        RETURNING id
        """;
}
