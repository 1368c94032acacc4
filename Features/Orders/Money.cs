using System.Globalization;

namespace StoreFlow.Features.Orders;

/// <summary>Shows an amount in minor units as people write it.</summary>
public static class Money
{
    private static readonly HashSet<string> WithoutDecimals = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> WithThreeDecimals = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
    private static readonly Dictionary<string, string> Signs = new() { ["EUR"] = "€", ["USD"] = "$", ["GBP"] = "£", ["JPY"] = "¥" };

    /// <summary>For example <c>€4.80</c> or <c>CHF 12.00</c>.</summary>
    /// <param name="minor">The amount in minor units.</param>
    /// <param name="currency">ISO 4217.</param>
    public static string Format(long minor, string currency)
    {
        var decimals = WithoutDecimals.Contains(currency) ? 0 : WithThreeDecimals.Contains(currency) ? 3 : 2;
        var amount = (minor / (decimal)Math.Pow(10, decimals)).ToString("N" + decimals, CultureInfo.InvariantCulture);
        return Signs.TryGetValue(currency, out var sign) ? sign + amount : $"{currency} {amount}";
    }
}
