using Dapper;

namespace StoreFlow.Tests.Features.Home;

/// <summary>The front page tells nobody whose shops this server has, unless they are all of one merchant.</summary>
public sealed class HomeTests : IDisposable
{
    private readonly StoreFlowApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Where_several_merchants_share_a_server_no_shop_is_listed()
    {
        var page = await _app.As(null).GetStringAsync("/");
        Assert.DoesNotContain("/shop/", page);
        Assert.All(["Corner Market", "Rival"], name => Assert.DoesNotContain(name, page));
        Assert.Contains("Use the link from your shop.", page);
        Assert.Contains("href=\"/dashboard\"", page);
    }

    [Fact]
    public async Task The_shops_of_a_servers_only_merchant_are_listed()
    {
        using (var db = _app.OpenDatabase())
        {
            TestDatabase.DropTrigger(db, "merchant_log_is_kept", "merchant_log");
            if (TestDatabase.IsPostgres)
                db.Execute("DELETE FROM store_counters WHERE store_id = 3");
            db.Execute("""
                DELETE FROM api_tokens WHERE user_id IN (SELECT id FROM users WHERE merchant_id = 2);
                DELETE FROM merchant_log WHERE merchant_id = 2;
                DELETE FROM users WHERE merchant_id = 2;
                DELETE FROM products WHERE store_id = 3;
                DELETE FROM shipping_methods WHERE store_id = 3;
                DELETE FROM stores WHERE merchant_id = 2;
                DELETE FROM merchants WHERE id = 2;
                """);
        }
        var page = await _app.As(null).GetStringAsync("/");
        Assert.Contains("href=\"/shop/1\"", page);
        Assert.Contains("href=\"/shop/2\"", page);
        Assert.DoesNotContain("Use the link from your shop.", page);
    }
}
