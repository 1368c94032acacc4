using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

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
    /// <param name="Products">What it sells.</param>
    /// <param name="ShippingMethods">How it sends.</param>
    /// <param name="TimeZone">IANA name, as in Europe/Berlin; a new store without one has the server's.</param>
    /// <param name="OpeningHours">Spans by weekday or date: <c>{"mon": ["08:00-18:00"], "2026-12-25": []}</c>.</param>
    /// <param name="PreparationMinutes">From the checkout of a pickup order until it is ready.</param>
    /// <param name="DispatchCutoff">A parcel that is ordered before this time of day leaves the same day.</param>
    /// <param name="DispatchDays">The days on which parcels leave, as in mon.</param>
    /// <param name="AsksForCode">Whether an order is handed over for the customer's code only.</param>
    /// <param name="NotCollectedDays">What has been ready for longer was not collected.</param>
    /// <param name="Address">Where customers collect, in one line or several.</param>
    /// <param name="Phone">Whom customers call.</param>
    public sealed record StoreEntry(
        string? Code,
        string? Name,
        string? Currency,
        List<ProductEntry?>? Products,
        List<MethodEntry?>? ShippingMethods,
        string? TimeZone = null,
        Dictionary<string, List<string?>?>? OpeningHours = null,
        long? PreparationMinutes = null,
        string? DispatchCutoff = null,
        List<string?>? DispatchDays = null,
        bool? AsksForCode = null,
        long? NotCollectedDays = null,
        string? Address = null,
        string? Phone = null) : Entry;

    public sealed record ProductEntry(string? Sku, string? Name, long? Price, bool OnSale = true) : Entry;

    public sealed record MethodEntry(
        string? Code, string? Name, long? Price, string? TrackingUrlTemplate, bool Active = true, bool OwnCourier = false) : Entry;

    /// <param name="Email">How the person signs in.</param>
    /// <param name="Name">How colleagues and the audit log call the person.</param>
    /// <param name="Role">owner, manager or staff.</param>
    /// <param name="Stores">Codes of the stores where a manager or staff works; an owner works in all.</param>
    /// <param name="Password">For the pages; left out, the one that is set stays.</param>
    /// <param name="Active">false locks the person out at once, tokens included.</param>
    public sealed record UserEntry(
        string? Email, string? Name, Role? Role, List<string?>? Stores, string? Password, bool Active = true) : Entry;

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
