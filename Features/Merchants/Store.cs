using System.Data.Common;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>A store and its settings, as its merchant manages them.</summary>
internal sealed record Store
{
    public long Id { get; init; }
    public long MerchantId { get; init; }

    /// <summary>What the merchant's files call it. It never changes.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>ISO 4217. It stays once the store has orders.</summary>
    public required string Currency { get; init; }

    /// <summary>Whether it takes orders at all.</summary>
    public bool Active { get; init; } = true;

    public string? Address { get; init; }
    public string? Phone { get; init; }

    /// <summary>IANA name; null for the server's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>JSON, spans by weekday or date; null where it is always open.</summary>
    public string? OpeningHours { get; init; }

    public long PreparationMinutes { get; init; } = 20;

    /// <summary>Minutes after midnight.</summary>
    public long DispatchCutoff { get; init; } = 14 * 60;

    /// <summary>Such as <c>mon,tue</c>.</summary>
    public string DispatchDays { get; init; } = "mon,tue,wed,thu,fri";

    public bool AsksForCode { get; init; }
    public long NotCollectedDays { get; init; } = 3;

    /// <summary>A shared tablet that nobody touches locks itself after so many minutes.</summary>
    public long LockMinutes { get; init; } = 5;

    /// <summary>What it speaks with customers, its own first: <c>de,en</c>.</summary>
    public string Languages { get; init; } = "en";

    public long Version { get; init; }

    /// <summary>Tells what is wrong with it.</summary>
    public void Check(Fields fields, string at = "")
    {
        MerchantRules.Code(fields, $"{at}code", Code);
        MerchantRules.Text(fields, $"{at}name", Name, 100);
        MerchantRules.Currency(fields, $"{at}currency", Currency);
        if (Address is not null)
            fields.Text($"{at}address", Address, 300, lines: true);
        if (Phone is not null)
            fields.Text($"{at}phone", Phone, 40);
        if (TimeZone is not null)
            MerchantRules.TimeZone(fields, $"{at}time_zone", TimeZone);
        fields.Number($"{at}preparation_minutes", PreparationMinutes, 0, 7 * 24 * 60);
        fields.Number($"{at}not_collected_days", NotCollectedDays, 1, 365);
        fields.Number($"{at}lock_minutes", LockMinutes, 1, 720);
    }

    /// <summary>The opening hours as a caller sends them, as the database keeps them.</summary>
    public static string? ReadHours(Fields fields, string at, IReadOnlyDictionary<string, List<string?>?> hours)
    {
        Orders.OpeningHours.Check(fields, at, hours);
        return fields.Errors.Keys.Any(field => field.StartsWith(at, StringComparison.Ordinal)) ? null : Orders.OpeningHours.Store(hours);
    }

    /// <summary>A time of day in minutes after midnight.</summary>
    public static long ReadCutoff(Fields fields, string at, string cutoff)
    {
        if (Orders.OpeningHours.MinutesOf(cutoff) is { } minutes)
            return minutes;
        fields.Refuse(at, "This has to be a time of day, as in 14:00.");
        return 0;
    }

    /// <summary>The days on which parcels leave, as the database keeps them.</summary>
    public static string ReadDays(Fields fields, string at, IReadOnlyCollection<string?> days)
    {
        if (days.Count == 0 || !days.All(day => Orders.OpeningHours.Weekdays.Contains(day)))
            fields.Refuse(at, $"This has to be one or more of {string.Join(", ", Orders.OpeningHours.Weekdays)}.");
        return string.Join(',', days.Distinct());
    }

    /// <summary>The languages that it speaks with customers, as the database keeps them.</summary>
    public static string ReadLanguages(Fields fields, string at, IReadOnlyCollection<string?> languages)
    {
        var codes = languages.Select(code => Language.All.FirstOrDefault(language => language.Code == code)?.Code).ToList();
        if (codes.Count == 0 || codes.Contains(null) || codes.Distinct().Count() < codes.Count)
            fields.Refuse(at,
                $"This has to be one or more of {string.Join(", ", Language.All.Select(language => language.Code))}, each once.");
        return string.Join(',', codes);
    }

    /// <summary>The stores where the user works.</summary>
    public static IReadOnlyList<Store> Of(DbConnection db, long userId) =>
        db.Query<Store>($"{FindSql} WHERE id IN (SELECT store_id FROM reachable_stores WHERE user_id = @userId) ORDER BY id",
            new { userId })
            .AsList();

    /// <summary>The store; null where there is none or the user does not work in it.</summary>
    public static Store? Find(DbConnection db, long id, long userId) =>
        db.QuerySingleOrDefault<Store>(
            $"{FindSql} WHERE id = (SELECT store_id FROM reachable_stores WHERE user_id = @userId AND store_id = @id)", new
            {
                userId,
                id
            });

    public static Store? FindByCode(DbConnection db, long merchantId, string code) =>
        db.QuerySingleOrDefault<Store>($"{FindSql} WHERE merchant_id = @merchantId AND code = @code", new { merchantId, code });

    public static IReadOnlyList<Store> OfMerchant(DbConnection db, long merchantId) =>
        db.Query<Store>($"{FindSql} WHERE merchant_id = @merchantId ORDER BY id", new { merchantId }).AsList();

    /// <summary>Why the currency cannot become another one; null where it can.</summary>
    public static string? WhyCurrencyStays(DbConnection db, Store before, string currency) =>
        before.Currency != currency
        && db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM orders WHERE store_id = @Id)", new { before.Id })
            ? $"This store has orders in {before.Currency}, so its currency cannot change."
            : null;

    /// <summary>Writes it and its log, in the caller's write transaction. Nothing is written where nothing differs.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="before">As it was; null where it is new.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public Saved<Store> Save(DbConnection db, Store? before, long? author, DateTimeOffset now) => Logged.Save(
        db, before, this,
        _ => this with
        {
            Id = db.QuerySingle<long>(before is null ? InsertSql : UpdateSql, new
            {
                Id,
                MerchantId,
                Code,
                Name,
                Currency,
                Active,
                Address,
                Phone,
                TimeZone,
                OpeningHours,
                PreparationMinutes,
                DispatchCutoff,
                DispatchDays,
                AsksForCode,
                NotCollectedDays,
                LockMinutes,
                Languages,
                now,
            }),
            Version = (before?.Version ?? 0) + 1,
        },
        saved => new(MerchantId, saved.Id, SubjectKind.Store, saved.Id, Name), author, now);

    private static readonly LoggedFields<Store> Logged = new(
        ("code", store => store.Code),
        ("name", store => store.Name),
        ("currency", store => store.Currency),
        ("active", store => store.Active),
        ("address", store => store.Address),
        ("phone", store => store.Phone),
        ("time_zone", store => store.TimeZone),
        ("opening_hours", store => store.OpeningHours),
        ("preparation_minutes", store => store.PreparationMinutes),
        ("dispatch_cutoff", store => Orders.OpeningHours.TimeOf(store.DispatchCutoff)),
        ("dispatch_days", store => store.DispatchDays),
        ("asks_for_code", store => store.AsksForCode),
        ("not_collected_days", store => store.NotCollectedDays),
        ("lock_minutes", store => store.LockMinutes),
        ("languages", store => store.Languages));

    private const string FindSql = """
        SELECT id, merchant_id, code, name, currency, active, address, phone, time_zone, opening_hours, preparation_minutes,
               dispatch_cutoff, dispatch_days, asks_for_code, not_collected_days, lock_minutes, languages, version
          FROM stores
        """;

    private const string InsertSql = """
        INSERT INTO stores (merchant_id, code, name, currency, active, address, phone, time_zone, opening_hours, preparation_minutes,
                            dispatch_cutoff, dispatch_days, asks_for_code, not_collected_days, lock_minutes, languages, created_at)
        VALUES (@MerchantId, @Code, @Name, @Currency, @Active, @Address, @Phone, @TimeZone, @OpeningHours, @PreparationMinutes,
                @DispatchCutoff, @DispatchDays, @AsksForCode, @NotCollectedDays, @LockMinutes, @Languages, @now)
        RETURNING id
        """;

    private const string UpdateSql = """
        UPDATE stores
           SET name = @Name, currency = @Currency, active = @Active, address = @Address, phone = @Phone, time_zone = @TimeZone,
               opening_hours = @OpeningHours, preparation_minutes = @PreparationMinutes, dispatch_cutoff = @DispatchCutoff,
               dispatch_days = @DispatchDays, asks_for_code = @AsksForCode, not_collected_days = @NotCollectedDays,
               lock_minutes = @LockMinutes, languages = @Languages, version = version + 1
         WHERE id = @Id
        RETURNING id
        """;
}
