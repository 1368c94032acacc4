using System.Data.Common;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>
/// Writes a shop file into the database, whole or not at all, with the log of what it changed. What the file leaves out stays; a
/// second run changes nothing.
/// </summary>
internal sealed class ShopImport(DbConnection db, ShopFile file, DateTimeOffset now)
{
    private readonly Fields _fields = new();
    private readonly List<string> _changes = [];

    /// <param name="Changes">What was made or changed, a sentence each.</param>
    /// <param name="Stores">The stores of the file.</param>
    public sealed record Result(IReadOnlyList<string> Changes, IReadOnlyList<Store> Stores);

    /// <param name="db">The connection, in a transaction.</param>
    /// <param name="file">The shop.</param>
    /// <param name="passwordHashes">The hashes of new passwords, by e-mail address as the file has it.</param>
    /// <param name="now">The time of the import.</param>
    /// <exception cref="ShopFileException">
    /// The file names what does not exist, what belongs to another merchant, or what cannot change any more.
    /// </exception>
    public static Result Run(DbConnection db, ShopFile file, IReadOnlyDictionary<string, string> passwordHashes, DateTimeOffset now) =>
        new ShopImport(db, file, now).Run(passwordHashes);

    private Result Run(IReadOnlyDictionary<string, string> passwordHashes)
    {
        var merchantId = SaveMerchant(file.Merchant!);
        var hadOwner = HasOwner(merchantId);
        var stores = (file.Stores ?? []).Index().Select(entry => SaveStore(merchantId, entry.Item!, $"stores[{entry.Index}]")).ToList();
        foreach (var (i, user) in (file.Users ?? []).Index())
            SaveUser(merchantId, user!, $"users[{i}]", passwordHashes);
        if (hadOwner && !HasOwner(merchantId))
            _fields.Refuse("users", "The shop needs an owner who is active.");
        return _fields.Errors.Count == 0 ? new(_changes, stores) : throw file.Lines.ToException(_fields);
    }

    private bool HasOwner(long merchantId) =>
        Person.OfMerchant(db, merchantId).Any(person => person is { Role: Role.Owner, Active: true });

    private long SaveMerchant(ShopFile.MerchantEntry merchant)
    {
        var before = db.QuerySingleOrDefault<(long Id, string Name)?>("SELECT id, name FROM merchants WHERE code = @Code", merchant);
        if (before is { } same && same.Name == merchant.Name)
            return same.Id;
        Tell($"Merchant {merchant.Name}", before is null, [new("name", before?.Name, merchant.Name)]);
        if (before is not var (id, name))
            return Merchant.Make(db, merchant.Code!, merchant.Name!, now);
        Merchant.Rename(db, id, name, merchant.Name!, now);
        return id;
    }

    private Store SaveStore(long merchantId, ShopFile.StoreEntry entry, string at)
    {
        var before = Store.FindByCode(db, merchantId, entry.Code!);
        if (before is not null && Store.WhyCurrencyStays(db, before, entry.Currency!) is { } why)
            _fields.Refuse($"{at}.currency", why);
        var store = (entry.Apply(_fields, at, before) with { MerchantId = merchantId }).Save(db, before, author: null, now);
        Tell($"Store {store.Now.Name}", before is null, store.Changes);
        foreach (var product in entry.Products ?? [])
        {
            var known = Product.FindBySku(db, store.Now.Id, product!.Sku!);
            var saved = product.Apply(known, store.Now.Id).Save(db, merchantId, known, author: null, now);
            Tell($"{store.Now.Name}, product {saved.Now.Sku} {saved.Now.Name}", known is null, saved.Changes);
        }
        foreach (var method in entry.ShippingMethods ?? [])
        {
            var known = ShippingMethod.Find(db, store.Now.Id, method!.Code!);
            var saved = method.Apply(known, store.Now.Id).Save(db, merchantId, known, author: null, now);
            Tell($"{store.Now.Name}, shipping method {saved.Now.Name}", known is null, saved.Changes);
        }
        return store.Now;
    }

    private void SaveUser(long merchantId, ShopFile.UserEntry user, string at, IReadOnlyDictionary<string, string> passwordHashes)
    {
        var before = Person.FindByEmail(db, user.Email!);
        if (before is not null && before.MerchantId != merchantId)
        {
            _fields.Refuse($"{at}.email", "This e-mail address belongs to another merchant's user.");
            return;
        }
        var person = before ?? new Person { MerchantId = merchantId, Email = user.Email!, Name = "" };
        var saved = (person with
        {
            Name = user.Name!,
            Role = user.Role!.Value,
            Active = user.Active ?? person.Active,
            StoreIds = user.Stores is { } codes ? StoresOf(merchantId, codes, at) : user.Role is Role.Owner ? [] : person.StoreIds,
        }).Save(db, before, author: null, now);
        Tell($"User {saved.Now.Email}", before is null, saved.Changes);
        if (passwordHashes.TryGetValue(user.Email!, out var hash))
        {
            saved.Now.SetPassword(db, hash, author: null, now);
            _changes.Add($"User {saved.Now.Email}: a new password");
        }
    }

    private List<long> StoresOf(long merchantId, List<string?> codes, string at)
    {
        var stores = new List<long>();
        foreach (var (i, code) in codes.Index())
            if (Store.FindByCode(db, merchantId, code!) is { } store)
                stores.Add(store.Id);
            else
                _fields.Refuse($"{at}.stores[{i}]", $"The merchant has no store “{code}”.");
        return [.. stores.Distinct().Order()];
    }

    private void Tell(string what, bool isNew, IReadOnlyList<FieldChange> changes)
    {
        if (isNew)
            _changes.Add($"{what}: new");
        else if (changes.Count > 0)
            _changes.Add($"{what}: {string.Join("; ", changes.Select(Told))}");
    }

    private static string Told(FieldChange change) => $"{change.Field} {Shown(change.Before)} → {Shown(change.After)}";

    private static string Shown(string? value) => value ?? "none";
}
