using Dapper;
using Microsoft.AspNetCore.Identity;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Checks an e-mail address and a password. An unknown address takes as long as a wrong password, and gets the same answer.
/// </summary>
internal static class Passwords
{
    /// <summary>The password of the demo shop's people. Everybody knows it, so it opens nothing outside Development.</summary>
    public const string Demo = "storeflow-demo";

    private static readonly PasswordHasher<string> Hasher = new();
    private static readonly string NobodysHash = Hash("nobody has this password");

    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>Whether the hash is this password's.</summary>
    public static bool IsRight(string hash, string password) =>
        Hasher.VerifyHashedPassword("", hash, password) is not PasswordVerificationResult.Failed;

    /// <summary>The user and the hash that was right, or null.</summary>
    public static (long UserId, string Hash)? Check(Database database, string email, string password)
    {
        var row = database.Read(db => db.QuerySingleOrDefault<Row>(
            "SELECT id, password_hash FROM users WHERE email = @email AND active = 1 AND password_hash IS NOT NULL", new { email }));
        var right = IsRight(row?.PasswordHash ?? NobodysHash, password);
        return row is not null && right ? (row.Id, row.PasswordHash) : null;
    }

    private sealed record Row
    {
        public long Id { get; init; }
        public required string PasswordHash { get; init; }
    }
}
