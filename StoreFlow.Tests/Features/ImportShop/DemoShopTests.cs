using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.ImportShop;

/// <summary>The demo shop comes into an empty database in Development, once, and nowhere else.</summary>
public sealed class DemoShopTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Development_seeds_once_and_other_environments_refuse_that_database()
    {
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Development"))
        {
            Assert.Equal(200, (await (await server.As("demo-owner")).Get("/stores/1/orders")).Status);
            Assert.Equal(200, (await (await server.As("demo-rival")).Get("/stores/3/orders")).Status);
        }
        Assert.Equal(("2 merchants", "4 tokens"), Count());
        using (var db = Database.Open(_folder.Database))
            db.Execute("UPDATE products SET name = 'Own bread' WHERE id = 1");

        await using (var again = StoreFlowProcess.Serve(_folder.Path, "Development"))
            Assert.Equal("Own bread", (await (await again.As(null)).Get("/stores/1/catalogue")).Body.GetProperty("products").EnumerateArray()
                .Single(product => product.Number("id") == 1).Text("name"));
        Assert.Equal(("2 merchants", "4 tokens"), Count());

        foreach (var environment in new[] { "Production", "Staging" })
        {
            await using var refused = StoreFlowProcess.Serve(_folder.Path, environment);
            Assert.NotEqual(0, await refused.Exit());
            Assert.Contains("holds the demo shop", refused.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_fresh_Production_has_no_shop_and_no_demo_tokens()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        foreach (var token in new[] { StoreFlowApp.Owner, StoreFlowApp.Manager, StoreFlowApp.Staff, StoreFlowApp.Rival })
            Assert.Equal(401, (await (await server.As(token)).Get("/orders/1")).Status);
        Assert.Equal(404, (await (await server.As(null)).Get("/stores/1/catalogue")).Status);
        Assert.Equal(("0 merchants", "0 tokens"), Count());
    }

    [Fact]
    public async Task Somebodys_own_shop_is_left_alone_in_Development()
    {
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFiles.Good))).Exit);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        Assert.Equal(401, (await (await server.As(StoreFlowApp.Owner)).Get("/orders/1")).Status);
        Assert.Equal("Bike Shop Main", (await (await server.As(null)).Get("/stores/1/catalogue")).Body.GetProperty("store").Text("name"));
        Assert.Equal(("1 merchants", "0 tokens"), Count());
        Assert.DoesNotContain("demo-owner", server.Said, StringComparison.Ordinal);
    }

    private (string, string) Count()
    {
        using var db = Database.Open(_folder.Database, readOnly: true);
        return ($"{db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants")} merchants", $"{db.ExecuteScalar<long>("SELECT COUNT(*) FROM api_tokens")} tokens");
    }

    public void Dispose() => _folder.Dispose();
}
