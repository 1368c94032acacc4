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
    public void An_amount_has_the_decimals_of_its_currency(long minor, string currency, string shown) =>
        Assert.Equal(shown, Money.Format(minor, currency));
}
