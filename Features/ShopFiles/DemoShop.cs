using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

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
        {
            var shop = ShopFile.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)));
            ShopImport.Run(db, shop, ShopPasswords.Of(shop, known: [], replace: false).Hashes, now);
        }
        foreach (var (token, email) in Tokens)
        {
            var userId = db.QuerySingle<long>("SELECT id FROM users WHERE email = @email", new { email });
            ApiTokens.Insert(db, userId, "demo", token, demo: true, now, expires: null);
        }
    }

    /// <summary>What of the demo shop everybody could use to get in, and what to do; null where there is nothing.</summary>
    public string? Fault(DbConnection db) =>
        HasTokens(db) ? "the demo shop, whose API tokens everybody knows. Set StoreFlow:DataDirectory to another folder."
        : Known(db) is { Count: > 0 } accounts
            ? $"accounts of the demo shop, whose password everybody knows: {string.Join(", ", accounts)}. " +
              "Import a file that gives them other passwords, with --set-passwords, or set StoreFlow:DataDirectory to another folder."
        : null;

    public bool HasTokens(DbConnection db) => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM api_tokens WHERE demo = 1)");

    // A check takes some 60 ms, so only the demo shop's own people are looked at. Sign-in refuses the password for everybody.
    private static List<string> Known(DbConnection db) =>
    [
        .. db.Query<(string Email, string Hash)>("""
            SELECT email, password_hash
              FROM users
             WHERE password_hash IS NOT NULL
             ORDER BY id
            """).Where(user => IsOfDemo(user.Email) && Passwords.IsRight(user.Hash, Password)).Select(user => user.Email),
    ];

    private static bool IsOfDemo(string email) =>
        email.EndsWith("@demo.example", StringComparison.OrdinalIgnoreCase)
        || email.EndsWith("@rival.example", StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses a file that gives somebody the demo shop's password.</summary>
    /// <exception cref="ShopFileException">It does; says in which lines.</exception>
    public static void RefusePassword(ShopFile file)
    {
        var fields = new Fields();
        foreach (var (i, user) in (file.Users ?? []).Index())
            if (user!.Password == Password)
                fields.Refuse($"users[{i}].password", "Everybody knows this password from the demo shop. Choose another.");
        if (fields.Errors.Count > 0)
            throw file.Lines.ToException(fields);
    }

    public string HowToUse =>
        $"Sign in as owner@demo.example, manager@demo.example, staff@demo.example or ana@demo.example, password {Password}; " +
        $"demo tokens for Authorization: Bearer ... are {string.Join(", ", Tokens.Keys)}";

    public const string Password = Passwords.Demo;
}
