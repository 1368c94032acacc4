using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary>
/// The passwords of a shop file. To hash or check one takes some 60 ms by design, so that is done before the import's
/// write transaction: nobody else can write while that lasts.
/// </summary>
internal static class ShopPasswords
{
    /// <summary>The hashes that the database has, by e-mail address.</summary>
    public static Dictionary<string, string> Known(DbConnection db) =>
        db.Query<(string Email, string Hash)>("SELECT email, password_hash FROM users WHERE password_hash IS NOT NULL")
            .ToDictionary(user => user.Email, user => user.Hash, StringComparer.OrdinalIgnoreCase);

    /// <summary>The hashes of the passwords that are new, by e-mail address as the file has it.</summary>
    public static Dictionary<string, string> Hash(ShopFile file, Dictionary<string, string> known)
    {
        var hashes = new Dictionary<string, string>();
        foreach (var user in file.Users ?? [])
            if (user!.Password is { } password && !(known.TryGetValue(user.Email!, out var hash) && Passwords.IsRight(hash, password)))
                hashes[user.Email!] = Passwords.Hash(password);
        return hashes;
    }
}
