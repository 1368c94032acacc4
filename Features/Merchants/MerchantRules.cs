using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>What a merchant's own words and numbers have to keep to, in the pages, the API, a shop file and a CSV alike.</summary>
internal static class MerchantRules
{
    private const long HighestPrice = 1_000_000_000; // minor units; 100 lines of 999 pieces still fit into a total

    public static void Code(Fields fields, string at, string? code)
    {
        if (code is not { Length: > 0 and <= 40 } || !code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            fields.Refuse(at, "This has to be 1 to 40 of a-z, 0-9, - and _.");
    }

    /// <summary>Text that is kept as it was written, so that it has no blanks around it.</summary>
    public static void Text(Fields fields, string at, string? text, int longest)
    {
        if (fields.Text(at, text, longest) != text)
            fields.Refuse(at, Blanks);
    }

    public static void Email(Fields fields, string at, string? email)
    {
        if (fields.Email(at, email) != email)
            fields.Refuse(at, Blanks);
    }

    public static void Price(Fields fields, string at, long? price)
    {
        if (price is not (>= 0 and <= HighestPrice))
            fields.Refuse(at, $"This has to be a whole number from 0 to {HighestPrice}, in minor units of the currency.");
    }

    public static void Currency(Fields fields, string at, string? currency)
    {
        if (!Currencies.Has(currency))
            fields.Refuse(at, "This has to be the ISO 4217 code of a currency that people pay in, as in EUR or USD.");
    }

    /// <summary>The names of the world's time zones, as browsers know them, too.</summary>
    public static IReadOnlyList<string> TimeZones { get; } =
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/')).Order(StringComparer.Ordinal)];

    public static void TimeZone(Fields fields, string at, string? zone)
    {
        if (zone is "UTC" || TimeZones.Contains(zone) || IsOldName(zone))
            return;
        var meant = TimeZones.Where(name => IsCityOf(name, zone)).Take(2).ToList();
        fields.Refuse(at, meant is [var one]
            ? $"This has to be the whole name of the time zone: {one}."
            : "This has to be the name of a time zone, as in Europe/Berlin.");
    }

    // Browsers still say Asia/Calcutta and Europe/Kiev, and servers Etc/UTC.
    private static bool IsOldName(string? zone) => zone is not null && zone.Contains('/')
        && zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    private static bool IsCityOf(string name, string? zone) => zone is not null
        && name[(name.LastIndexOf('/') + 1)..].Equals(zone.Trim().Replace(' ', '_'), StringComparison.OrdinalIgnoreCase);

    public static void Template(Fields fields, string at, string? template)
    {
        if (template is not null && !(template.Contains("{code}") && Tracking.IsWebAddress(template.Replace("{code}", "X"))))
            fields.Refuse(at, "This has to be a web address with {code} in it, as in https://carrier.example/t/{code}.");
    }

    /// <param name="fields">Where the refusal goes.</param>
    /// <param name="at">The field.</param>
    /// <param name="password">A new password.</param>
    /// <param name="isDevelopment">Whether the demo shop's password is allowed.</param>
    public static void NewPassword(Fields fields, string at, string? password, bool isDevelopment)
    {
        if (password is not { Length: >= 10 and <= 200 })
            fields.Refuse(at, "A password has 10 to 200 characters.");
        else if (password == Passwords.Demo && !isDevelopment)
            fields.Refuse(at, "Everybody knows this password from the demo shop. Choose another.");
    }

    /// <summary>A PIN for a shared tablet: not one that somebody tries first.</summary>
    public static void Pin(Fields fields, string at, string? pin)
    {
        if (pin is not { Length: >= 4 and <= 6 } || !pin.All(char.IsAsciiDigit))
            fields.Refuse(at, "A PIN has four to six digits.");
        else if (pin.Distinct().Count() == 1 || "0123456789".Contains(pin) || "9876543210".Contains(pin))
            fields.Refuse(at, "This PIN is too easy to guess. Choose another.");
    }

    private const string Blanks = "Take the blanks at the beginning or the end away.";
}
