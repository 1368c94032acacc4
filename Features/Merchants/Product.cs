using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>What a store sells, as its merchant manages it.</summary>
internal sealed record Product
{
    public long Id { get; init; }
    public long StoreId { get; init; }
    public required string Sku { get; init; }
    public required string Name { get; init; }

    /// <summary>Minor units of the store's currency.</summary>
    public long Price { get; init; }

    public string? Category { get; init; }
    public bool OnSale { get; init; } = true;

    /// <summary>When a product that is off sale comes back by itself; null where somebody has to say so.</summary>
    public DateTimeOffset? BackAt { get; init; }

    /// <summary>Small numbers come first in the shop; equal ones by their age.</summary>
    public long SortOrder { get; init; }

    public long Version { get; init; }

    /// <summary>Whether it can be ordered now.</summary>
    public bool IsOnSale(DateTimeOffset now) => OnSale || BackAt <= now;

    /// <summary>Tells what is wrong with it.</summary>
    public void Check(Fields fields, string at = "")
    {
        MerchantRules.Text(fields, $"{at}sku", Sku, 64);
        MerchantRules.Text(fields, $"{at}name", Name, 200);
        MerchantRules.Price(fields, $"{at}price", Price);
        if (Category is not null)
            MerchantRules.Text(fields, $"{at}category", Category, 60);
        fields.Number($"{at}sort_order", SortOrder, -1_000_000, 1_000_000);
    }

    public static IReadOnlyList<Product> Of(DbConnection db, long store) =>
        db.Query<Product>($"{FindSql} WHERE store_id = @store ORDER BY sort_order, id", new { store }).AsList();

    public static Product? Find(DbConnection db, long store, long id) =>
        db.QuerySingleOrDefault<Product>($"{FindSql} WHERE store_id = @store AND id = @id", new { store, id });

    public static Product? FindBySku(DbConnection db, long store, string sku) =>
        db.QuerySingleOrDefault<Product>($"{FindSql} WHERE store_id = @store AND sku = @sku", new { store, sku });

    /// <summary>What differs from the product as it was; null where it is new.</summary>
    public IReadOnlyList<FieldChange> ChangesSince(Product? before) => Logged.Between(before, this);

    /// <summary>Writes it and its log, in the caller's write transaction. Nothing is written where nothing differs.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="merchantId">Whose it is.</param>
    /// <param name="before">As it was; null where it is new.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public Saved<Product> Save(DbConnection db, long merchantId, Product? before, long? author, DateTimeOffset now) => Logged.Save(
        db, before, this,
        _ => this with
        {
            Id = db.QuerySingle<long>(before is null ? InsertSql : UpdateSql, new
            {
                Id,
                StoreId,
                Sku,
                Name,
                Price,
                Category,
                OnSale,
                BackAt,
                SortOrder,
                now,
            }),
            Version = (before?.Version ?? 0) + 1,
        },
        saved => new(merchantId, StoreId, SubjectKind.Product, saved.Id, Name), author, now);

    private static readonly LoggedFields<Product> Logged = new(
        ("sku", product => product.Sku),
        ("name", product => product.Name),
        ("price", product => product.Price),
        ("category", product => product.Category),
        ("on_sale", product => product.OnSale),
        ("back_at", product => product.BackAt?.ToIso()),
        ("sort_order", product => product.SortOrder));

    private const string FindSql =
        "SELECT id, store_id, sku, name, price, category, on_sale, back_at, sort_order, version FROM products";

    private const string InsertSql = """
        INSERT INTO products (store_id, sku, name, price, category, on_sale, back_at, sort_order, created_at)
        VALUES (@StoreId, @Sku, @Name, @Price, @Category, @OnSale, @BackAt, @SortOrder, @now)
        RETURNING id
        """;

    private const string UpdateSql = """
        UPDATE products
           SET sku = @Sku, name = @Name, price = @Price, category = @Category, on_sale = @OnSale, back_at = @BackAt,
               sort_order = @SortOrder, version = version + 1
         WHERE id = @Id AND store_id = @StoreId
        RETURNING id
        """;
}
