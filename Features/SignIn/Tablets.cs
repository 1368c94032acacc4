using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>
/// Tablets that a store's staff share. The device carries a cookie of its own, which opens nothing: it only lets the people of
/// its store take it over with their PIN.
/// </summary>
public sealed class Tablets(Database database, TimeProvider clock)
{
    private const string Cookie = "storeflow-tablet";
    private const string HttpsCookie = $"__Host-{Cookie}"; // browsers take this one over HTTPS only, and from this very host only
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400); // the longest that browsers keep a cookie

    /// <param name="Id">Its number.</param>
    /// <param name="StoreId">Whose it is.</param>
    /// <param name="Store">The store's name.</param>
    /// <param name="LockMinutes">After how many minutes without a touch it locks itself.</param>
    internal sealed record Tablet(long Id, long StoreId, string Store, long LockMinutes);

    /// <param name="Id">The user.</param>
    /// <param name="Name">How colleagues call them.</param>
    /// <param name="PinHash">The hash of their PIN.</param>
    public sealed record Colleague(long Id, string Name, string PinHash);

    /// <param name="Id">Its number.</param>
    /// <param name="Name">What the shop calls it.</param>
    /// <param name="Since">When it was set up.</param>
    public sealed record InUse(long Id, string Name, DateTimeOffset Since);

    /// <summary>The shared tablet that sends the request; null where it is none, or none any more.</summary>
    internal Tablet? Find(HttpRequest request) => request.Cookies[request.IsHttps ? HttpsCookie
        : Cookie] is { Length: > 0 and < 100 } secret
        ? database.Read(db => db.QuerySingleOrDefault<(long Id, long StoreId, string Store, long LockMinutes)?>(
            FindSql, new { hash = Hash(secret) })) is var (id, store, name, minutes)
            ? new(id, store, name, minutes) : null
        : null;

    /// <summary>Whom the tablet offers: people of its store who have a PIN.</summary>
    internal IReadOnlyList<Colleague> PeopleOf(Tablet tablet) => database.Read(db =>
        db.Query<(long Id, string Name, string PinHash)>(PeopleSql, new { tablet.StoreId })
            .Select(person => new Colleague(person.Id, person.Name, person.PinHash)).ToList());

    /// <summary>Makes the browser that asks a shared tablet of a store.</summary>
    /// <returns>Why it was refused; null where it is done.</returns>
    internal async Task<Refusal?> SetUpAsync(HttpContext http, Actor actor, long store, string? name)
    {
        var fields = new Fields();
        name = fields.Text("name", name, 60);
        if (fields.Refusal is { } invalid)
            return invalid;
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var refusal = await database.WriteAsync<Refusal?>(db =>
        {
            if (Store.Find(db, store, actor.UserId) is not { } of)
                return Refusal.NotFound;
            var now = clock.Now();
            var id = db.QuerySingle<long>(InsertSql, new { store, name, hash = Hash(secret), now });
            MerchantLog.Append(db, new(of.MerchantId, store, SubjectKind.Tablet, id, name), LogAction.Created, [], actor.UserId, now);
            return null;
        });
        if (refusal is null)
            http.Response.Cookies.Append(http.Request.IsHttps ? HttpsCookie : Cookie, secret, new()
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
                MaxAge = Kept,
            });
        return refusal;
    }

    /// <summary>The tablets of a store.</summary>
    internal static IReadOnlyList<InUse> Of(DbConnection db, long store) =>
    [
        .. db.Query<(long Id, string Name, DateTimeOffset Since)>(
                "SELECT id, name, created_at FROM devices WHERE store_id = @store AND revoked_at IS NULL ORDER BY id", new { store })
            .Select(row => new InUse(row.Id, row.Name, row.Since)),
    ];

    /// <summary>Takes a tablet back: it offers nobody any more, and who has it open is out within seconds.</summary>
    internal static Refusal? Revoke(DbConnection db, Actor actor, long store, long id, DateTimeOffset now)
    {
        if (Store.Find(db, store, actor.UserId) is not { } of || Of(db, store).FirstOrDefault(tablet => tablet.Id == id) is not { } tablet)
            return Refusal.NotFound;
        db.Execute("UPDATE devices SET revoked_at = @now WHERE id = @id", new { now, id });
        MerchantLog.Append(db, new(of.MerchantId, store, SubjectKind.Tablet, id, tablet.Name), LogAction.Revoked, [], actor.UserId, now);
        return null;
    }

    /// <summary>After how many minutes without a touch a shared tablet locks itself.</summary>
    internal static long LockMinutesOf(DbConnection db, long tablet) => db.QuerySingle<long>(
        "SELECT s.lock_minutes FROM devices d JOIN stores s ON s.id = d.store_id WHERE d.id = @tablet", new { tablet });

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private const string FindSql = """
        SELECT d.id, d.store_id, s.name, s.lock_minutes
          FROM devices d
          JOIN stores s ON s.id = d.store_id
         WHERE d.secret_hash = @hash AND d.revoked_at IS NULL
        """;

    private const string PeopleSql = """
        SELECT u.id, u.name, u.pin_hash
          FROM users u
          JOIN reachable_stores r ON r.user_id = u.id AND r.store_id = @StoreId
         WHERE u.active = 1 AND u.pin_hash IS NOT NULL
         ORDER BY u.name, u.id
        """;

    private const string InsertSql = """
        INSERT INTO devices (store_id, name, secret_hash, created_at)
        VALUES (@store, @name, @hash, @now)
        RETURNING id
        """;
}
