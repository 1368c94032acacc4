using Dapper;
using StoreFlow.Features.ShopFiles;

namespace StoreFlow.Tests.Features.ShopFiles;

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
        using (var db = TestDatabase.Open(_folder.Path))
            db.Execute("UPDATE products SET name = 'Own bread' WHERE id = 1");

        await using (var again = StoreFlowProcess.Serve(_folder.Path, "Development"))
        {
            var (_, catalogue) = await (await again.As(null)).Get("/stores/1/catalogue");
            Assert.Equal("Own bread", catalogue.GetProperty("products").EnumerateArray()
                .Single(product => product.Number("id") == 1).Text("name"));
        }
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
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        Assert.Equal(401, (await (await server.As(StoreFlowApp.Owner)).Get("/orders/1")).Status);
        Assert.Equal("Bike Shop Main", (await (await server.As(null)).Get("/stores/1/catalogue")).Body.GetProperty("store").Text("name"));
        Assert.Equal(("1 merchants", "0 tokens"), Count());
        Assert.DoesNotContain("demo-owner", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_Development_the_demo_password_is_not_imported()
    {
        var demo = Path.Combine(AppContext.BaseDirectory, "demo-shop.json");
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "import", demo);
        Assert.Equal(1, exit);
        Assert.Contains("nothing was changed", error, StringComparison.Ordinal);
        Assert.Contains(
            "line 39: users[0].password: Everybody knows this password from the demo shop. Choose another.",
            error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Database) && Count() != ("0 merchants", "0 tokens"));

        Assert.Equal(0, (await InDevelopment(demo)).Exit);
    }

    [Fact]
    public async Task Outside_Development_accounts_with_the_demo_password_are_refused()
    {
        Assert.Equal(0, (await InDevelopment(Path.Combine(AppContext.BaseDirectory, "demo-shop.json"))).Exit);
        await using (var refused = StoreFlowProcess.Serve(_folder.Path, "Production"))
        {
            Assert.Equal(1, await refused.Exit());
            Assert.Contains(
                "accounts of the demo shop, whose password everybody knows: owner@demo.example", refused.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Said, StringComparison.Ordinal);
        }

        // With passwords of their own they may stay.
        var own = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "demo-shop.json"))
            .Replace(DemoShop.Password, "a word of one's own", StringComparison.Ordinal);
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("own.json", own), "--set-passwords")).Exit);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        Assert.Equal(302, await SignIn(server, "owner@demo.example", "a word of one's own"));
    }

    [Fact]
    public async Task Outside_Development_nobody_signs_in_with_the_demo_password()
    {
        var shop = ShopFileTexts.With("\"name\": \"Bo\", ", $"\"name\": \"Bo\", \"password\": \"{DemoShop.Password}\", ");
        Assert.Equal(0, (await InDevelopment(_folder.Write("shop.json", shop))).Exit);
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Development"))
            Assert.Equal(302, await SignIn(server, "boss@bike.example", DemoShop.Password));
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Production"))
            Assert.Equal(401, await SignIn(server, "boss@bike.example", DemoShop.Password));
    }

    private Task<(int Exit, string Out, string Error)> InDevelopment(string file) =>
        StoreFlowProcess.Run(_folder.Path, start => start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development", "import", file);

    private static async Task<int> SignIn(StoreFlowProcess server, string email, string password)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = await server.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = email, ["password"] = password });
        using var answer = await client.PostAsync("/login", form);
        return (int)answer.StatusCode;
    }

    private (string, string) Count()
    {
        using var db = TestDatabase.Open(_folder.Path);
        return (
            $"{db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants")} merchants",
            $"{db.ExecuteScalar<long>("SELECT COUNT(*) FROM api_tokens")} tokens");
    }

    public void Dispose() => _folder.Dispose();
}
