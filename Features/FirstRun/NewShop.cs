using System.Data.Common;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.FirstRun;

/// <summary>What the first set-up asks for: a merchant with one store and its owner.</summary>
internal sealed record NewShop
{
    public string Name { get; init; } = "";

    /// <summary>The first store; as the shop is called where it is left out.</summary>
    public string? StoreName { get; init; }

    public string? Address { get; init; }
    public string? Phone { get; init; }

    /// <summary>IANA name.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    public string OwnerName { get; init; } = "";
    public string Email { get; init; } = "";

    /// <summary>Whether it begins with some products to try it.</summary>
    public bool Samples { get; init; }

    /// <summary>Tells what is wrong with it.</summary>
    public void Check(Fields fields)
    {
        fields.Text("name", Name, 100);
        fields.OptionalText("store_name", StoreName, 100);
        fields.OptionalText("address", Address, 300, lines: true);
        fields.OptionalText("phone", Phone, 40);
        MerchantRules.TimeZone(fields, "time_zone", TimeZone);
        MerchantRules.Currency(fields, "currency", Currency);
        fields.Text("owner_name", OwnerName, 100);
        fields.Email("email", Email);
    }

    /// <summary>Makes it all, in the caller's write transaction; null where somebody has made a shop meanwhile.</summary>
    public (Store Store, Person Owner)? Make(DbConnection db, DateTimeOffset now)
    {
        if (db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)"))
            return null;
        var merchantId = Merchant.Make(db, Slug.Of(Name), Name.Trim(), now);
        var storeName = string.IsNullOrWhiteSpace(StoreName) ? Name.Trim() : StoreName.Trim();
        var store = new Store
        {
            MerchantId = merchantId,
            Code = Slug.Of(storeName),
            Name = storeName,
            Currency = Currency,
            TimeZone = TimeZone,
            Address = Blank(Address),
            Phone = Blank(Phone),
        }.Save(db, before: null, author: null, now).Now;
        var owner = new Person { MerchantId = merchantId, Email = Email.Trim(), Name = OwnerName.Trim(), Role = Role.Owner }
            .Save(db, before: null, author: null, now).Now;
        foreach (var (sku, name, price, category) in Samples ? SampleProducts : [])
            new Product
            {
                StoreId = store.Id,
                Sku = sku,
                Name = name,
                Price = Money.Read(price, Currency) ?? Money.Read(price.Replace(".", ""), Currency)!.Value, // yen have no decimals
                Category = category,
            }.Save(db, merchantId, before: null, author: null, now);
        return (store, owner);
    }

    private static readonly (string Sku, string Name, string Price, string Category)[] SampleProducts =
    [
        ("SAMPLE-BREAD", "Sourdough loaf (sample)", "4.80", "Bread"),
        ("SAMPLE-ROLL", "Poppy seed roll (sample)", "0.90", "Bread"),
        ("SAMPLE-COFFEE", "Coffee beans, 250 g (sample)", "8.90", "Coffee and tea"),
        ("SAMPLE-TEA", "Mint tea, 20 bags (sample)", "4.20", "Coffee and tea"),
        ("SAMPLE-HONEY", "Forest honey, 500 g (sample)", "11.50", "Pantry"),
    ];

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
