using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>Amounts as people write them, with the decimals that ISO 4217 gives each currency.</summary>
public sealed class MoneyTests
{
    [Theory]
    [InlineData(480, "EUR", "€4.80")]
    [InlineData(1200, "CHF", "CHF 12.00")]
    [InlineData(2400, "JPY", "¥2,400")]
    [InlineData(1500, "KRW", "KRW 1,500")]
    [InlineData(1234, "KWD", "KWD 1.234")]
    [InlineData(1234, "UGX", "UGX 1,234")]
    [InlineData(12345, "CLF", "CLF 1.2345")]
    [InlineData(12345, "UYW", "UYW 1.2345")]
    [InlineData(1234, "HUF", "HUF 12.34")]
    [InlineData(0, "USD", "$0.00")]
    [InlineData(1250, "IQD", "IQD 1.250")]
    [InlineData(1250, "XCG", "XCG 12.50")]
    public void An_amount_has_the_decimals_of_its_currency(long minor, string currency, string shown) =>
        Assert.Equal(shown, Money.Format(minor, currency));

    /// <summary>ISO 4217 has 155 active codes of currencies that people pay in, as of January 2026.</summary>
    [Fact]
    public void The_list_is_whole()
    {
        Assert.Equal(155, Currencies.Codes.Count);
        Assert.All(Currencies.Codes, code => Assert.True(Currencies.Has(code) && code.All(char.IsAsciiLetterUpper) && code.Length == 3));
        Assert.Equal(
            [(0, 16), (2, 132), (3, 7)],
            Currencies.Codes.GroupBy(Currencies.DigitsOf).Select(group => (group.Key, group.Count())).Order());
    }
}
