namespace StoreFlow.Features.Orders;

/// <summary>The currencies that people pay in: the active codes of ISO 4217, as of January 2026, with their digits.</summary>
/// <remarks>
/// Left out are codes in which nobody pays a shop: funds and units of account (BOV, CHE, CHW, CLF, COU, MXV, USN, UYI, UYW), precious
/// metals (XAG, XAU, XPD, XPT), bond units (XBA, XBB, XBC, XBD), units of international bodies (XAD, XDR, XSU, XUA), testing (XTS) and
/// "no currency" (XXX). Withdrawn ones are not active: ANG, BGN, CUC, HRK, SLL, VEF and ZWL among the latest. The program runs without
/// culture data, so .NET cannot be asked.
/// </remarks>
public static class Currencies
{
    private const int Usual = 2;

    private static readonly Dictionary<string, int> Active = Read(
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (2, """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
            DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
            KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
            PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
            USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
            """),
        (3, "BHD IQD JOD KWD LYD OMR TND"));

    /// <summary>Stores may have these from before they were left out: their amounts keep their digits.</summary>
    private static readonly Dictionary<string, int> LeftOut = Read((0, "UYI"), (4, "CLF UYW"));

    /// <summary>The codes, in alphabetical order.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. Active.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether a store may have this currency: the code of an active one, in capitals.</summary>
    public static bool Has(string? code) => code is not null && Active.ContainsKey(code);

    /// <summary>The digits of the minor unit: 0 for JPY, 2 for EUR, 3 for KWD.</summary>
    public static int DigitsOf(string code) =>
        Active.TryGetValue(code, out var digits) || LeftOut.TryGetValue(code, out digits) ? digits : Usual;

    private static Dictionary<string, int> Read(params IEnumerable<(int Digits, string Codes)> groups) => groups
        .SelectMany(group => group.Codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(code => (code, group.Digits)))
        .ToDictionary();
}
