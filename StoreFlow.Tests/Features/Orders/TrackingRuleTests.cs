using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>Which tracking codes and links are taken (section 9: "a valid tracking_code").</summary>
public sealed class TrackingRuleTests
{
    [Theory]
    [InlineData("1Z-999-AA1")]
    [InlineData("a b.c_d/e:f#g-h")]
    [InlineData("x")]
    public void A_code_is_kept_without_the_blanks_around_it(string code)
    {
        var fields = new Fields();
        Assert.Equal(new Tracking(code, null), Tracking.Read(fields, $"  {code} ", null));
        Assert.Empty(fields.Errors);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("   ")]
    [InlineData("-1Z")]
    [InlineData("1Z<b>")]
    [InlineData("1Z\n")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_code_that_is_none_is_refused_by_its_field(string? code)
    {
        var fields = new Fields();
        Tracking.Read(fields, code, null);
        Assert.Equal(["tracking_code"], fields.Errors.Keys);
    }

    [Fact]
    public void A_code_may_be_missing_where_none_is_required_but_not_be_wrong()
    {
        var fields = new Fields();
        Assert.Equal(Tracking.None, Tracking.Read(fields, " ", " ", required: false));
        Assert.Empty(fields.Errors);
        Tracking.Read(fields, "?", null, required: false);
        Assert.Equal(["tracking_code"], fields.Errors.Keys);
    }

    [Theory]
    [InlineData("https://carrier.example/t/1Z", true)]
    [InlineData("http://carrier.example/", true)]
    [InlineData("ftp://carrier.example/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/t/1Z", false)]
    [InlineData("https://", false)]
    [InlineData("http:///t", false)]
    [InlineData("https://ana@carrier.example/", false)]
    [InlineData("https://carrier.example/a b", false)]
    [InlineData("https://carrier.example/a\u0007b", false)]
    [InlineData("https://carrier.example/a\\b", false)]
    [InlineData("https://carrier.example/a\"b", false)]
    [InlineData("https://carrier.example/a<b", false)]
    [InlineData("https://carrier.example/a>b", false)]
    public void A_link_is_an_absolute_web_address_that_is_safe_to_show(string url, bool taken)
    {
        var fields = new Fields();
        Tracking.Read(fields, "1Z", url);
        Assert.Equal(taken ? [] : ["tracking_url"], fields.Errors.Keys);
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void A_link_has_2000_characters_at_most(int length, bool taken) =>
        Assert.Equal(taken, Tracking.IsWebAddress("https://carrier.example/".PadRight(length, 'x')));
}
