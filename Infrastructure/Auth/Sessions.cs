using System.Buffers.Text;
using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Sessions of the pages. A cookie names a random id, of which the database keeps only the SHA-256. Signing out removes
/// the row; a new password, a deactivated account or fourteen days without use end the session as well. On a shared tablet a
/// session is opened with a PIN, and ends when nobody touches the screen for the minutes that the store has set.
/// </summary>
public sealed class Sessions(Database database, TimeProvider clock)
{
    public const string Scheme = "Session";
    private const string IdClaim = "session";

    /// <summary>How long a session lasts from the last time it was used.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>A use of the session is written at most this often, so that not every read becomes a write.</summary>
    internal static readonly TimeSpan BetweenUses = TimeSpan.FromHours(1);

    /// <summary>Keeps a new session and removes those that have expired.</summary>
    /// <param name="userId">Who has just signed in.</param>
    /// <param name="passwordHash">The hash that their password was checked against.</param>
    /// <returns>What goes into the cookie.</returns>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public Task<ClaimsPrincipal> BeginAsync(long userId, string passwordHash) => BeginAsync(userId, passwordHash, null, null);

    /// <summary>The same for a person who has taken over a shared tablet with a PIN.</summary>
    /// <param name="userId">The person.</param>
    /// <param name="pinHash">The hash that their PIN was checked against.</param>
    /// <param name="deviceId">The tablet.</param>
    /// <param name="untouched">After how long without a touch it locks itself.</param>
    public Task<ClaimsPrincipal> BeginOnTabletAsync(long userId, string pinHash, long deviceId, TimeSpan untouched) =>
        BeginAsync(userId, pinHash, deviceId, clock.Now() + untouched);

    private async Task<ClaimsPrincipal> BeginAsync(long userId, string secretHash, long? deviceId, DateTimeOffset? locks)
    {
        var (id, now) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), clock.Now());
        await database.WriteAsync(db =>
        {
            db.Execute("DELETE FROM sessions WHERE expires_at <= @now OR locks_at <= @now", new { now });
            return db.Execute(
                InsertSql,
                new { hash = Hash(id), userId, stamp = Hash(secretHash), now, expires = now + Lifetime, deviceId, locks });
        });
        return new(new ClaimsIdentity([new(IdClaim, id)], Scheme));
    }

    /// <summary>Somebody touched a shared tablet: it stays open for as long again.</summary>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public Task TouchAsync(byte[] session)
    {
        var now = clock.Now();
        return database.WriteAsync(db => db.Execute(TouchSql, new { session, now, nowMs = now.ToUnixTimeMilliseconds() }));
    }

    /// <summary>The person behind a session as they are now, or null where the session is over.</summary>
    public Actor? Find(ClaimsPrincipal? user)
    {
        if (user?.FindFirstValue(IdClaim) is not { } id)
            return null;
        var (hash, now) = (Hash(id), clock.Now());
        if (database.Read(db => Find(db, hash, now)) is not { } found)
            return null;
        if (now - found.LastUsedAt >= BetweenUses)
            _ = KeepUseAsync(hash, now);
        return new()
        {
            UserId = found.UserId,
            Name = found.Name,
            Role = found.Role,
            MerchantId = found.MerchantId,
            Session = hash,
            DeviceId = found.DeviceId,
            OnlyStore = found.OnlyStore,
        };
    }

    /// <summary>The claim that names the session. The identity of a request carries it on.</summary>
    internal static IEnumerable<Claim> IdOf(ClaimsPrincipal user) => user.FindAll(IdClaim);

    /// <summary>Ends a session: for every tab of the browser, and for anyone who has a copy of the cookie.</summary>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public Task EndAsync(byte[] session) => Failpoint.IsPlanted("signed out is not out")
        ? Task.CompletedTask
        : database.WriteAsync(db => db.Execute("DELETE FROM sessions WHERE id_hash = @session", new { session }));

    /// <summary>Ends all sessions of somebody who gets a new password or whose account is deactivated.</summary>
    public static int EndAll(DbConnection db, long userId) => db.Execute("DELETE FROM sessions WHERE user_id = @userId", new { userId });

    /// <summary>Whether the session is still valid.</summary>
    internal static bool StillGood(DbConnection db, byte[] session, DateTimeOffset now) => Find(db, session, now) is not null;

    private static SessionRow? Find(DbConnection db, byte[] hash, DateTimeOffset now) =>
        db.QuerySingleOrDefault<SessionRow>(FindSql, new { hash, now }) is { } row
        && row.PasswordStamp.AsSpan().SequenceEqual(Hash((row.DeviceId is null ? row.PasswordHash : row.PinHash) ?? ""))
            ? row
            : null;

    // Nobody waits for it: people can read even while the file cannot be written to.
    private async Task KeepUseAsync(byte[] hash, DateTimeOffset now)
    {
        try
        {
            await database.WriteAsync(db => db.Execute(
                KeepUseSql, new { hash, now, expires = now + Lifetime, earlier = now - BetweenUses }));
        }
        catch (Exception fault) when (fault is BusyException or DbException)
        {
            // The next request writes it down.
        }
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private const string InsertSql = """
        INSERT INTO sessions (id_hash, user_id, password_stamp, created_at, last_used_at, expires_at, device_id, locks_at)
        VALUES (@hash, @userId, @stamp, @now, @now, @expires, @deviceId, @locks)
        """;

    private const string FindSql = """
        SELECT u.id AS user_id, u.name, u.role, u.merchant_id, u.password_hash, u.pin_hash, s.password_stamp, s.last_used_at,
               s.device_id, (SELECT d.store_id FROM devices d WHERE d.id = s.device_id) AS only_store
          FROM sessions s
          JOIN users u ON u.id = s.user_id AND u.active = 1
         WHERE s.id_hash = @hash AND s.expires_at > @now
           AND (s.device_id IS NULL
                OR (s.locks_at > @now AND EXISTS (SELECT 1 FROM devices d WHERE d.id = s.device_id AND d.revoked_at IS NULL)))
        """;

    private const string TouchSql = """
        UPDATE sessions
           SET locks_at = @nowMs + 60000 * (SELECT s.lock_minutes FROM devices d JOIN stores s ON s.id = d.store_id
                                             WHERE d.id = sessions.device_id)
         WHERE id_hash = @session AND device_id IS NOT NULL AND locks_at > @now
        """;

    // Many requests at once may find the same old use: only one of them writes.
    private const string KeepUseSql = """
        UPDATE sessions SET last_used_at = @now, expires_at = @expires
         WHERE id_hash = @hash AND last_used_at <= @earlier
        """;

    private sealed record SessionRow
    {
        public long UserId { get; init; }
        public required string Name { get; init; }
        public Role Role { get; init; }
        public long MerchantId { get; init; }
        public string? PasswordHash { get; init; }
        public string? PinHash { get; init; }
        public long? DeviceId { get; init; }
        public long? OnlyStore { get; init; }
        public required byte[] PasswordStamp { get; init; }
        public DateTimeOffset LastUsedAt { get; init; }
    }
}
