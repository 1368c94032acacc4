using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary>
/// The shop to try StoreFlow with: two merchants from two shop files, and tokens that everybody knows. It comes into
/// an empty database in Development only, and elsewhere a database that holds it is refused.
/// </summary>
internal static class DemoShop
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
    public static void Seed(DbConnection db, DateTimeOffset now)
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

    public static bool IsIn(DbConnection db) => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM api_tokens WHERE demo = 1)");

    /// <summary>Who can sign in to the pages, and with what, for the log.</summary>
    public const string People = "owner@demo.example, manager@demo.example, staff@demo.example or ana@demo.example";

    public const string Password = "storeflow-demo";

    /// <summary>The demo tokens, for the log.</summary>
    public static string TokenList => string.Join(", ", Tokens.Keys);
}
