using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>
/// The passwords of a shop file. To hash or check one takes some 60 ms by design, so that is done before the import's
/// write transaction: nobody else can write while that lasts.
/// </summary>
/// <param name="Hashes">What is set, by e-mail address as the file has it.</param>
/// <param name="Kept">The addresses of people who keep another password than the file has.</param>
internal sealed record ShopPasswords(IReadOnlyDictionary<string, string> Hashes, IReadOnlyList<string> Kept)
{
    /// <summary>The hashes that the database has, by e-mail address.</summary>
    public static Dictionary<string, string> Known(DbConnection db) =>
        db.Query<(string Email, string Hash)>("SELECT email, password_hash FROM users WHERE password_hash IS NOT NULL")
            .ToDictionary(user => user.Email, user => user.Hash, StringComparer.OrdinalIgnoreCase);

    /// <param name="file">The shop.</param>
    /// <param name="known">The hashes that the database has.</param>
    /// <param name="replace">Whether somebody who has a password gets the file's. An old file would bring an old one back.</param>
    public static ShopPasswords Of(ShopFile file, Dictionary<string, string> known, bool replace)
    {
        var (hashes, kept) = (new Dictionary<string, string>(), new List<string>());
        foreach (var user in file.Users ?? [])
        {
            if (user!.Password is not { } password)
                continue;
            if (!known.TryGetValue(user.Email!, out var hash))
                hashes[user.Email!] = Passwords.Hash(password);
            else if (Passwords.IsRight(hash, password))
                continue;
            else if (replace)
                hashes[user.Email!] = Passwords.Hash(password);
            else
                kept.Add(user.Email!);
        }
        return new(hashes, kept);
    }
}
