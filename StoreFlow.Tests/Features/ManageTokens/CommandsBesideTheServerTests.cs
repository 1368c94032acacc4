using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using StoreFlow.Tests.Features.ShopFiles;

namespace StoreFlow.Tests.Features.ManageTokens;

/// <summary>The commands work on the file of a server that runs, and the server uses the changes at once.</summary>
public sealed partial class CommandsBesideTheServerTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task An_imported_shop_is_there_at_once_and_its_new_price_too()
    {
        using var files = new TestFolder();
        var shop = ShopFileTexts.With("bike-shop", "bike-two").Replace("@bike.", "@bike-two.", StringComparison.Ordinal);
        await Run("import", files.Write("shop.json", shop));
        long store;
        using (var db = app.OpenDatabase())
            store = db.QuerySingle<long>("SELECT s.id FROM stores s JOIN merchants m ON m.id = s.merchant_id WHERE m.code = 'bike-two'");
        Assert.Equal(1200, await PriceOfTheBell());

        await Run("import", files.Write("shop.json", shop.Replace("1200", "1300", StringComparison.Ordinal)));
        Assert.Equal(1300, await PriceOfTheBell());

        async Task<long> PriceOfTheBell() => (await app.As(null).Get($"/stores/{store}/catalogue")).Body
            .GetProperty("products").EnumerateArray().Single(product => product.Text("sku") == "BELL").Number("price");
    }

    private async Task<byte[]> CopyOf(DbConnection db)
    {
        var copy = Path.Combine(app.Folder, "copy.db");
        db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        db.Execute("VACUUM INTO @copy", new { copy });
        return await File.ReadAllBytesAsync(copy);
    }

    [Fact]
    public async Task A_token_works_is_kept_as_its_hash_only_and_ends_when_it_is_revoked()
    {
        var user = "manager@demo.example";
        var (id, token) = Shown(await Run("token", "create", "--user", user, "--name", "till", "--days", "30"));
        Assert.Equal(200, (await app.As(token).Get("/stores/2/orders")).Status);

        using (var db = app.OpenDatabase())
        {
            var (hash, created, expires) = db.QuerySingle<(byte[], long, long)>(
                "SELECT token_hash, created_at, expires_at FROM api_tokens WHERE id = @id", new { id });
            Assert.Equal(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(token)), hash);
            Assert.Equal(TimeSpan.FromDays(30).TotalMilliseconds, expires - created);
            if (TestDatabase.IsPostgres)
                Assert.Empty(TestDatabase.TablesWith(db, token[3..]));
            else
                Assert.DoesNotContain(token[3..], Encoding.Latin1.GetString(await CopyOf(db)), StringComparison.Ordinal);
        }

        var list = await Run("token", "list", "--user", user);
        Assert.Matches(
            $@"(?m)^\s*{id}\s+till\s+made \d{{4}}-\d\d-\d\d\s+(never used|used [\d-]{{10}})\s+good until \d{{4}}-\d\d-\d\d\r?$", list);
        Assert.DoesNotContain(token, list, StringComparison.Ordinal);

        await using var live = await LiveClient.OnStore(app, 2, token: token);
        await Run("token", "revoke", "--user", user, "--id", $"{id}");
        Assert.Equal(401, (await app.As(token).Get("/stores/2/orders")).Status);
        await live.Closed;
        Assert.Matches($@"(?m)^\s*{id}\s+till\s.*revoked \d{{4}}", await Run("token", "list", "--user", user));
        Assert.Equal(200, (await app.As(StoreFlowApp.Manager).Get("/stores/2/orders")).Status);
    }

    [Theory]
    [InlineData("There is no user", "token", "create", "--user", "nobody@demo.example")]
    [InlineData("There is no user", "token", "list", "--user", "nobody@demo.example")]
    [InlineData("--days", "token", "create", "--user", "owner@demo.example", "--days", "0")]
    [InlineData("--days", "token", "create", "--user", "owner@demo.example", "--days", "40000")]
    [InlineData("no token 1", "token", "revoke", "--user", "staff@demo.example", "--id", "1")] // the owner's
    [InlineData("--user", "token", "create")]
    [InlineData("--id", "token", "revoke", "--user", "owner@demo.example")]
    public async Task Is_refused_and_nothing_is_changed(string why, params string[] arguments)
    {
        var before = Tokens();
        var (exit, _, error) = await StoreFlowProcess.Run(app.Started().Folder, arguments);
        Assert.NotEqual(0, exit);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(before, Tokens());
    }

    private string Tokens()
    {
        using var db = app.OpenDatabase();
        return string.Join('\n', db.Query<string>(
            "SELECT id || '|' || COALESCE(CAST(revoked_at AS TEXT), '') FROM api_tokens WHERE name = 'demo' ORDER BY id"))
            + db.ExecuteScalar<long>("SELECT COUNT(*) FROM api_tokens");
    }

    private async Task<string> Run(params string[] arguments)
    {
        var (exit, said, error) = await StoreFlowProcess.Run(app.Started().Folder, arguments);
        Assert.Equal((0, ""), (exit, error));
        return said;
    }

    private static (long Id, string Token) Shown(string said)
    {
        var shown = TokenLine().Match(said);
        Assert.True(shown.Success, said);
        return (long.Parse(shown.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), shown.Groups[2].Value);
    }

    [GeneratedRegex(@"Token (\d+), shown this once:\s+(sf_[A-Za-z0-9_-]{43})\s")]
    private static partial Regex TokenLine();
}
