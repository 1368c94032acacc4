using System.Globalization;

namespace StoreFlow.Features.Orders;

/// <summary>Amounts of money: whole numbers of a currency's minor units (cents for EUR, yen for JPY).</summary>
public static class Money
{
    /// <summary>
    /// How many decimals each currency of ISO 4217 has. Codes without minor units (gold, testing, special drawing rights) are
    /// left out: nobody pays a shop in them. The program runs without culture data, so .NET cannot be asked.
    /// </summary>
    private static readonly Dictionary<string, int> Decimals = new (int Decimals, string Codes)[]
    {
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
            CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
            KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
            NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
            TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
            """),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    }
    .SelectMany(group => group.Codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(code => (code, group.Decimals)))
    .ToDictionary();

    private static readonly Dictionary<string, string> Signs = new() { ["EUR"] = "€", ["USD"] = "$", ["GBP"] = "£", ["JPY"] = "¥" };

    /// <summary>The codes of ISO 4217, by their alphabet.</summary>
    public static IReadOnlyList<string> Currencies { get; } = [.. Decimals.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether this is the ISO 4217 code of a currency.</summary>
    public static bool IsCurrency(string? code) => code is not null && Decimals.ContainsKey(code);

    /// <summary>For example <c>€4.80</c> or <c>CHF 12.00</c>.</summary>
    /// <param name="minor">The amount in minor units.</param>
    /// <param name="currency">ISO 4217.</param>
    public static string Format(long minor, string currency)
    {
        var amount = Amount(minor, currency, "N");
        return Signs.TryGetValue(currency, out var sign) ? sign + amount : $"{currency} {amount}";
    }

    /// <summary>The same for a program to read: <c>1234.50</c>.</summary>
    public static string Number(long minor, string currency) => Amount(minor, currency, "F");

    /// <summary>
    /// Reads an amount as people write it, 4.80 or 4,80, in minor units; null where it is none, or has more decimals than the currency.
    /// </summary>
    /// <param name="text">The amount without the currency's name.</param>
    /// <param name="currency">ISO 4217.</param>
    public static long? Read(string text, string currency)
    {
        text = text.Trim();
        if (!text.Contains('.') && text.Count(c => c == ',') == 1)
            text = text.Replace(',', '.');
        const NumberStyles Plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var amount) || Math.Abs(amount) > 1_000_000_000_000)
            return null;
        var minor = amount * (decimal)Math.Pow(10, Decimals.GetValueOrDefault(currency, 2));
        return minor == decimal.Truncate(minor) ? (long)minor : null;
    }

    private static string Amount(long minor, string currency, string format)
    {
        var decimals = Decimals.GetValueOrDefault(currency, 2);
        return (minor / (decimal)Math.Pow(10, decimals)).ToString(format + decimals, CultureInfo.InvariantCulture);
    }
}
