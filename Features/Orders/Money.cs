using System.Globalization;

namespace StoreFlow.Features.Orders;

/// <summary>Amounts of money: whole numbers of a currency's minor units (cents for EUR, yen for JPY).</summary>
public static class Money
{
    private static readonly Dictionary<string, string> Signs = new() { ["EUR"] = "€", ["USD"] = "$", ["GBP"] = "£", ["JPY"] = "¥" };

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
        if (amount.Scale > Currencies.DigitsOf(currency))
            return null; // 1.000 may mean a thousand
        var minor = amount * (decimal)Math.Pow(10, Currencies.DigitsOf(currency));
        return (long)minor;
    }

    private static string Amount(long minor, string currency, string format)
    {
        var decimals = Currencies.DigitsOf(currency);
        return (minor / (decimal)Math.Pow(10, decimals)).ToString(format + decimals, CultureInfo.InvariantCulture);
    }
}
