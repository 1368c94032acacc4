using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary>
/// The shop to try StoreFlow with: two merchants from two shop files, and tokens that everybody knows. It comes into
/// an empty database in Development only, and elsewhere a database that holds it is refused.
/// </summary>
internal sealed class DemoShop : IDemoShop
{
    private static readonly string[] Files = ["demo-shop.json", "demo-rival.json"];

    private static readonly Dictionary<string, string> Tokens = new()
    {
        ["demo-owner"] = "owner@demo.example",
        ["demo-manager"] = "manager@demo.example",
        ["demo-staff"] = "staff@demo.example",
        ["demo-rival"] = "owner@rival.example",
    };

    /// <summary>Fills an empty database; one with a merchant in it is somebody's shop and left alone.</summary>
    public void Seed(DbConnection db, DateTimeOffset now)
    {
        if (db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)"))
            return;
        foreach (var file in Files)
            ShopImport.Run(db, ShopFile.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file))), now);
        foreach (var (token, email) in Tokens)
        {
            var userId = db.QuerySingle<long>("SELECT id FROM users WHERE email = @email", new { email });
            ApiTokens.Insert(db, userId, "demo", token, demo: true, now, expires: null);
        }
    }

    public bool IsIn(DbConnection db) => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM api_tokens WHERE demo = 1)");

    public string HowToUse =>
        $"Sign in as owner@demo.example, manager@demo.example, staff@demo.example or ana@demo.example, password {Password}; " +
        $"demo tokens for Authorization: Bearer ... are {string.Join(", ", Tokens.Keys)}";

    public const string Password = "storeflow-demo";
}
