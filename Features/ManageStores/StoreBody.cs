using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageStores;

/// <summary>What is changed of a store. What is left out stays; null empties what may be empty.</summary>
public sealed record StoreBody
{
    /// <summary>What customers call it.</summary>
    public string? Name { get; set; }

    /// <summary>ISO 4217. It stays once the store has orders.</summary>
    public string? Currency { get; set; }

    /// <summary>Whether it takes orders at all.</summary>
    public bool? Active { get; set; }

    /// <summary>Where customers collect, in one line or several.</summary>
    public string? Address
    {
        get;
        set => (field, HasAddress) = (value, true);
    }

    /// <summary>Whom customers call.</summary>
    public string? Phone
    {
        get;
        set => (field, HasPhone) = (value, true);
    }

    /// <summary>IANA name, as in Europe/Berlin; null for the server's.</summary>
    public string? TimeZone
    {
        get;
        set => (field, HasTimeZone) = (value, true);
    }

    /// <summary>Spans by weekday or date: <c>{"mon": ["08:00-18:00"], "2026-12-25": []}</c>; null where it is always open.</summary>
    public IReadOnlyDictionary<string, List<string?>?>? OpeningHours
    {
        get;
        set => (field, HasHours) = (value, true);
    }

    /// <summary>From the checkout of a pickup order until it is ready.</summary>
    public long? PreparationMinutes { get; set; }

    /// <summary>A parcel that is ordered before this time of day leaves the same day, as in 14:00.</summary>
    public string? DispatchCutoff { get; set; }

    /// <summary>The days on which parcels leave, as in mon.</summary>
    public IReadOnlyList<string?>? DispatchDays { get; set; }

    /// <summary>Whether an order is handed over for the customer's code only.</summary>
    public bool? AsksForCode { get; set; }

    /// <summary>What has been ready for longer was not collected.</summary>
    public long? NotCollectedDays { get; set; }

    /// <summary>After how many minutes without a touch a shared tablet locks itself: 1 to 720.</summary>
    public long? LockMinutes { get; set; }

    /// <summary>What it speaks with customers, its own first, as in de.</summary>
    public IReadOnlyList<string?>? Languages { get; set; }

    /// <summary>The version that the caller has seen; another one is refused as <c>stale</c>.</summary>
    public long? Version { get; set; }

    private bool HasAddress { get; set; }
    private bool HasPhone { get; set; }
    private bool HasTimeZone { get; set; }
    private bool HasHours { get; set; }

    /// <summary>Whether it says anything that only an owner changes.</summary>
    internal bool IsForOwner => Name is not null || Currency is not null || Active is not null || LockMinutes is not null
        || HasAddress || HasPhone || HasTimeZone || Languages is not null;

    /// <summary>The store with these changes; tells what of them cannot be read.</summary>
    internal Store Apply(Fields fields, Store store) => store with
    {
        Name = Name ?? store.Name,
        Currency = Currency ?? store.Currency,
        Active = Active ?? store.Active,
        Address = HasAddress ? Blank(Address) : store.Address,
        Phone = HasPhone ? Blank(Phone) : store.Phone,
        TimeZone = HasTimeZone ? TimeZone : store.TimeZone,
        OpeningHours = !HasHours ? store.OpeningHours
            : OpeningHours is { } hours ? Store.ReadHours(fields, "opening_hours", hours) : null,
        PreparationMinutes = PreparationMinutes ?? store.PreparationMinutes,
        DispatchCutoff = DispatchCutoff is { } cutoff ? Store.ReadCutoff(fields, "dispatch_cutoff", cutoff) : store.DispatchCutoff,
        DispatchDays = DispatchDays is { } days ? Store.ReadDays(fields, "dispatch_days", days) : store.DispatchDays,
        AsksForCode = AsksForCode ?? store.AsksForCode,
        NotCollectedDays = NotCollectedDays ?? store.NotCollectedDays,
        LockMinutes = LockMinutes ?? store.LockMinutes,
        Languages = Languages is { } languages ? Store.ReadLanguages(fields, "languages", languages) : store.Languages,
    };

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
