using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>
/// A merchant in one JSON file. Everything is matched by what a person calls it (code, SKU, e-mail): what is known
/// is updated, what is new is made, what the file leaves out stays as it is. Prices are in minor units.
/// </summary>
internal sealed record ShopFile
{
    public MerchantEntry? Merchant { get; init; }
    public List<StoreEntry?>? Stores { get; init; }
    public List<UserEntry?>? Users { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>The file as text.</summary>
    public string Write() => JsonSerializer.Serialize(this, WriteOptions);

    private static readonly JsonSerializerOptions WriteOptions = new(Json.Stored) { WriteIndented = true };

    /// <summary>What all entries share: a misspelt name is kept, to be refused rather than left out silently.</summary>
    public abstract record Entry
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Unknown { get; init; }
    }

    public sealed record MerchantEntry(string? Code, string? Name) : Entry;

    /// <param name="Code">What the merchant calls it.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="Currency">ISO 4217.</param>
    /// <param name="Active">Whether it takes orders at all.</param>
    /// <param name="TimeZone">IANA name, as in Europe/Berlin; a new store without one has the server's.</param>
    /// <param name="Address">Where customers collect, in one line or several; empty for none.</param>
    /// <param name="Phone">Whom customers call; empty for nobody.</param>
    /// <param name="OpeningHours">Spans by weekday or date: <c>{"mon": ["08:00-18:00"], "2026-12-25": []}</c>.</param>
    /// <param name="PreparationMinutes">From the checkout of a pickup order until it is ready.</param>
    /// <param name="DispatchCutoff">A parcel that is ordered before this time of day leaves the same day.</param>
    /// <param name="DispatchDays">The days on which parcels leave, as in mon.</param>
    /// <param name="AsksForCode">Whether an order is handed over for the customer's code only.</param>
    /// <param name="NotCollectedDays">What has been ready for longer was not collected.</param>
    /// <param name="LockMinutes">After how many minutes without a touch a shared tablet locks itself.</param>
    /// <param name="Languages">What it speaks with customers, its own first, as in de.</param>
    /// <param name="Products">What it sells.</param>
    /// <param name="ShippingMethods">How it sends.</param>
    public sealed record StoreEntry(
        string? Code,
        string? Name,
        string? Currency,
        bool? Active = null,
        string? TimeZone = null,
        string? Address = null,
        string? Phone = null,
        Dictionary<string, List<string?>?>? OpeningHours = null,
        long? PreparationMinutes = null,
        string? DispatchCutoff = null,
        List<string?>? DispatchDays = null,
        bool? AsksForCode = null,
        long? NotCollectedDays = null,
        long? LockMinutes = null,
        List<string?>? Languages = null,
        List<ProductEntry?>? Products = null,
        List<MethodEntry?>? ShippingMethods = null) : Entry
    {
        /// <summary>The store with what the file says of it; tells what of that cannot be read.</summary>
        public Store Apply(Fields fields, string at, Store? before)
        {
            var store = before ?? new Store { Code = Code ?? "", Name = "", Currency = "" };
            return store with
            {
                Name = Name ?? "",
                Currency = Currency ?? "",
                Active = Active ?? store.Active,
                TimeZone = TimeZone ?? store.TimeZone,
                Address = Address is "" ? null : Address ?? store.Address,
                Phone = Phone is "" ? null : Phone ?? store.Phone,
                OpeningHours = OpeningHours is { } hours ? Store.ReadHours(fields, $"{at}.opening_hours", hours) : store.OpeningHours,
                PreparationMinutes = PreparationMinutes ?? store.PreparationMinutes,
                DispatchCutoff = DispatchCutoff is { } cutoff
                    ? Store.ReadCutoff(fields, $"{at}.dispatch_cutoff", cutoff) : store.DispatchCutoff,
                DispatchDays = DispatchDays is { } days ? Store.ReadDays(fields, $"{at}.dispatch_days", days) : store.DispatchDays,
                AsksForCode = AsksForCode ?? store.AsksForCode,
                NotCollectedDays = NotCollectedDays ?? store.NotCollectedDays,
                LockMinutes = LockMinutes ?? store.LockMinutes,
                Languages = Languages is { } languages
                    ? Store.ReadLanguages(fields, $"{at}.languages", languages) : store.Languages,
            };
        }
    }

    /// <param name="Sku">The store's own code for it.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="Category">Under which heading it stands in the shop; empty for none.</param>
    /// <param name="OnSale">Whether it can be ordered; a new product can.</param>
    /// <param name="SortOrder">Small numbers come first.</param>
    public sealed record ProductEntry(
        string? Sku, string? Name, long? Price, string? Category = null, bool? OnSale = null, long? SortOrder = null) : Entry
    {
        /// <summary>The product with what the file says of it.</summary>
        public Product Apply(Product? before, long storeId)
        {
            var product = before ?? new Product { StoreId = storeId, Sku = Sku ?? "", Name = "" };
            return product with
            {
                Name = Name ?? "",
                Price = Price ?? -1,
                Category = Category is "" ? null : Category ?? product.Category,
                OnSale = OnSale ?? product.OnSale,
                BackAt = OnSale is null ? product.BackAt : null,
                SortOrder = SortOrder ?? product.SortOrder,
            };
        }
    }

    /// <param name="Code">What orders keep of it.</param>
    /// <param name="Name">What customers read.</param>
    /// <param name="Price">In minor units of the store's currency.</param>
    /// <param name="TrackingUrlTemplate">Where a parcel can be followed, with <c>{code}</c> in it; empty for nowhere.</param>
    /// <param name="Active">Whether customers can choose it; a new one they can.</param>
    /// <param name="OwnCourier">Whether the shop itself brings what is sent this way.</param>
    public sealed record MethodEntry(
        string? Code, string? Name, long? Price, string? TrackingUrlTemplate = null, bool? Active = null, bool? OwnCourier = null) : Entry
    {
        /// <summary>The method with what the file says of it.</summary>
        public ShippingMethod Apply(ShippingMethod? before, long storeId)
        {
            var method = before ?? new ShippingMethod { StoreId = storeId, Code = Code ?? "", Name = "" };
            return method with
            {
                Name = Name ?? "",
                Price = Price ?? -1,
                TrackingUrlTemplate = TrackingUrlTemplate is "" ? null : TrackingUrlTemplate ?? method.TrackingUrlTemplate,
                Active = Active ?? method.Active,
                OwnCourier = OwnCourier ?? method.OwnCourier,
            };
        }
    }

    /// <param name="Email">How the person signs in.</param>
    /// <param name="Name">How colleagues and the audit log call the person.</param>
    /// <param name="Role">owner, manager or staff.</param>
    /// <param name="Stores">Codes of the stores where a manager or staff works; an owner works in all.</param>
    /// <param name="Password">For somebody who has none yet; see <c>--set-passwords</c>.</param>
    /// <param name="Active">false locks the person out at once, tokens included.</param>
    public sealed record UserEntry(
        string? Email, string? Name, Role? Role, List<string?>? Stores = null, string? Password = null, bool? Active = null) : Entry;

    private static readonly JsonSerializerOptions Options = ReadOptions();

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="ShopFileException">It cannot be used; says which lines and why.</exception>
    public static ShopFile Read(byte[] json)
    {
        if (json.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            json = json[Encoding.UTF8.Preamble.Length..]; // some editors on Windows begin a file with it
        ShopFile file;
        JsonLines lines;
        var fields = new Fields();
        try
        {
            file = JsonSerializer.Deserialize<ShopFile>(json, Options) ?? throw new JsonValueException("The file is empty.");
            lines = new JsonLines(json);
        }
        catch (JsonException fault)
        {
            var sentence = $"{JsonFault.Field(fault)}: {JsonFault.Sentence(fault, Options)}".TrimStart(':', ' ');
            throw new ShopFileException([((fault.LineNumber ?? 0) + 1, sentence)]);
        }
        foreach (var path in lines.GivenTwice)
            fields.Refuse(path, "This field is given twice.");
        ShopFileRules.CheckNames(file, fields);
        if (fields.Errors.Count == 0)
            ShopFileRules.Check(file, fields);
        return fields.Errors.Count == 0 ? file with { Lines = lines } : throw lines.ToException(fields);
    }

    /// <summary>Where each entry stands in the file.</summary>
    [JsonIgnore]
    public JsonLines Lines { get; private init; } = new("{}"u8.ToArray());

    private static JsonSerializerOptions ReadOptions()
    {
        var options = new JsonSerializerOptions();
        Json.Apply(options);
        options.AllowDuplicateProperties = true;    // JsonLines finds them, with their line
        options.ReadCommentHandling = JsonCommentHandling.Skip;
        options.AllowTrailingCommas = true;
        return options;
    }
}

/// <summary>A shop file that cannot be used. Nothing was changed.</summary>
internal sealed class ShopFileException(IReadOnlyList<(long Line, string Sentence)> faults) : Exception(
    string.Join('\n', faults.OrderBy(fault => fault.Line).Select(fault => $"line {fault.Line}: {fault.Sentence}")));
