using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>Somebody who works for the merchant, as the owner manages them.</summary>
internal sealed record Person
{
    public long Id { get; init; }
    public long MerchantId { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }
    public Role Role { get; init; }
    public bool Active { get; init; } = true;
    public long Version { get; init; }
    public bool HasPassword { get; init; }
    public bool HasPin { get; init; }

    /// <summary>The stores where a manager or staff works; an owner works in all, and has none here.</summary>
    public IReadOnlyList<long> StoreIds { get; init; } = [];

    /// <summary>Tells what is wrong with it.</summary>
    public void Check(Fields fields, string at = "")
    {
        MerchantRules.Email(fields, $"{at}email", Email);
        MerchantRules.Text(fields, $"{at}name", Name, 100);
    }

    public static IReadOnlyList<Person> OfMerchant(DbConnection db, long merchantId) =>
    [
        .. db.Query<Person>($"{FindSql} WHERE merchant_id = @merchantId ORDER BY id", new { merchantId })
            .Select(person => person with { StoreIds = StoresOf(db, person.Id) }),
    ];

    public static Person? Find(DbConnection db, long merchantId, long id) => WithStores(
        db, db.QuerySingleOrDefault<Person>($"{FindSql} WHERE merchant_id = @merchantId AND id = @id", new { merchantId, id }));

    /// <summary>The person with this e-mail address, of any merchant: an address belongs to one person only.</summary>
    public static Person? FindByEmail(DbConnection db, string email) =>
        WithStores(db, db.QuerySingleOrDefault<Person>($"{FindSql} WHERE email = @email", new { email }));

    private static Person? WithStores(DbConnection db, Person? person) =>
        person is null ? null : person with { StoreIds = StoresOf(db, person.Id) };

    private static List<long> StoresOf(DbConnection db, long userId) =>
        db.Query<long>("SELECT store_id FROM store_assignments WHERE user_id = @userId ORDER BY store_id", new { userId }).AsList();

    /// <summary>Whether the merchant has an active owner besides this one.</summary>
    public static bool HasOtherOwner(DbConnection db, Person person) => db.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM users WHERE merchant_id = @MerchantId AND id <> @Id AND role = 'owner' AND active = 1)", person);

    /// <summary>
    /// Writes the person and the log, in the caller's write transaction. Nothing is written where nothing differs. The
    /// sessions of somebody who is locked out end.
    /// </summary>
    /// <param name="db">The connection.</param>
    /// <param name="before">As it was; null where the person is new.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public Saved<Person> Save(DbConnection db, Person? before, long? author, DateTimeOffset now) => Logged.Save(
        db, before, this,
        changes =>
        {
            var id = db.QuerySingle<long>(before is null ? InsertSql : UpdateSql, new { Id, MerchantId, Email, Name, Role, Active, now });
            db.Execute("DELETE FROM store_assignments WHERE user_id = @id", new { id });
            foreach (var storeId in StoreIds)
                db.Execute("INSERT INTO store_assignments (user_id, store_id) VALUES (@id, @storeId)", new { id, storeId });
            if (!Active)
                Sessions.EndAll(db, id);
            if (changes.Any(change => change.Field is "email" or "active"))
                OneTimeLinks.End(db, id, now); // one that went to a wrong address, or to somebody who is locked out
            return this with { Id = id, Version = (before?.Version ?? 0) + 1 };
        },
        saved => saved.SubjectOf(saved.Id), author, now);

    /// <summary>Gives the person another password: sessions with the old one end.</summary>
    public void SetPassword(DbConnection db, string hash, long? author, DateTimeOffset now)
    {
        db.Execute("UPDATE users SET password_hash = @hash WHERE id = @Id", new { hash, Id });
        OneTimeLinks.End(db, Id, now);
        MerchantLog.Append(db, SubjectOf(Id), LogAction.PasswordSet, [], author, now);
    }

    /// <summary>Gives the person another PIN, or none: what was opened with the old one is locked.</summary>
    public void SetPin(DbConnection db, string? hash, long author, DateTimeOffset now)
    {
        db.Execute("UPDATE users SET pin_hash = @hash WHERE id = @Id", new { hash, Id });
        MerchantLog.Append(db, SubjectOf(Id), LogAction.PinSet, [], author, now);
    }

    /// <summary>The person as the log names them.</summary>
    public MerchantLog.Subject SubjectOf(long id) => new(MerchantId, null, SubjectKind.User, id, Name);

    private static readonly LoggedFields<Person> Logged = new(
        ("email", person => person.Email),
        ("name", person => person.Name),
        ("role", person => Names.Of(person.Role)),
        ("store_ids", person => person.StoreIds.Count == 0 ? null : string.Join(", ", person.StoreIds.Order())),
        ("active", person => person.Active));

    private const string FindSql = """
        SELECT id, merchant_id, email, name, role, active, version,
               password_hash IS NOT NULL AS has_password, pin_hash IS NOT NULL AS has_pin
          FROM users
        """;

    private const string InsertSql = """
        INSERT INTO users (merchant_id, email, name, role, active, created_at)
        VALUES (@MerchantId, @Email, @Name, @Role, @Active, @now)
        RETURNING id
        """;

    private const string UpdateSql = """
        UPDATE users
           SET email = @Email, name = @Name, role = @Role, active = @Active, version = version + 1
         WHERE id = @Id
        RETURNING id
        """;
}
