using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.FirstRun;

/// <summary>
/// The key to the first set-up: 192 random bits, which only the log tells. It works once, for an hour from the start, and only
/// while the database has no merchant.
/// </summary>
public sealed class SetUpCode(Database database, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly string _code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
    private readonly long _start = clock.GetTimestamp();
    private volatile bool _isSetUp;

    /// <summary>The page's path, for the log.</summary>
    internal string Path => $"/setup/{_code}";

    /// <summary>Whether there is a shop. Once there is one, there always is.</summary>
    internal bool IsSetUp =>
        _isSetUp || (_isSetUp = database.Read(db => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)")));

    /// <summary>Whether this code opens the set-up now.</summary>
    internal bool Opens(string code) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(_code))
        && clock.GetElapsedTime(_start) < Lifetime
        && !IsSetUp;
}
