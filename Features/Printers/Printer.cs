using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>When a ticket is printed.</summary>
public enum PrintsOn
{
    Placed,
    Accepted,
}

/// <summary>A printer of a store, which asks every few seconds whether there is a ticket.</summary>
internal sealed record Printer
{
    /// <summary>It is asked of a printer to ask every five seconds; after so long without, people are told.</summary>
    public static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BetweenUses = TimeSpan.FromSeconds(30);

    public long DestinationId { get; init; }
    public long StoreId { get; init; }
    public required string Name { get; init; }
    public long PaperMm { get; init; }

    /// <summary>When it last asked, to half a minute; null where it never has.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>What it last said of itself; null where all is well.</summary>
    public string? Trouble { get; init; }

    public int Columns => PaperMm == 58 ? 32 : 48;

    public string User => UserOf(DestinationId);

    /// <summary>Where it asks.</summary>
    public string Path => $"/cloudprnt/{DestinationId}";

    public static string UserOf(long id) => $"printer-{id}";

    /// <summary>100 random bits, in letters and digits that nobody takes for others.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 20);

    public static Printer? Find(DbConnection db, long id) => db.QuerySingleOrDefault<Printer>(
        $"{FindSql} WHERE p.destination_id = @id AND t.removed_at IS NULL", new { id });

    public static IReadOnlyList<Printer> OfStore(DbConnection db, long storeId) => db.Query<Printer>(
        $"{FindSql} WHERE p.store_id = @storeId AND t.removed_at IS NULL ORDER BY p.destination_id", new { storeId }).AsList();

    /// <summary>The hash of its password; null where there is no such printer.</summary>
    public static byte[]? HashOf(DbConnection db, long id) => db.QuerySingleOrDefault<byte[]>(
        """
        SELECT p.password_hash FROM printers p
          JOIN destinations t ON t.id = p.destination_id
         WHERE p.destination_id = @id AND t.removed_at IS NULL
        """, new { id });

    public static void Make(DbConnection db, long id, long storeId, string name, long paperMm, string password) =>
        db.Execute(MakeSql, new { id, storeId, name, paperMm, hash = ApiTokens.Hash(password) });

    public void Set(DbConnection db, string name, long paperMm) => db.Execute(
        "UPDATE printers SET name = @name, paper_mm = @paperMm WHERE destination_id = @DestinationId",
        new { name, paperMm, DestinationId });

    public void SetPassword(DbConnection db, string password) => db.Execute(
        "UPDATE printers SET password_hash = @hash WHERE destination_id = @DestinationId",
        new { hash = ApiTokens.Hash(password), DestinationId });

    /// <summary>Whether what it says now is worth a write.</summary>
    public bool IsNews(string? trouble, DateTimeOffset now) =>
        trouble != Trouble || AskedAt is not { } last || now - last >= BetweenUses || now < last;

    public void SetAsked(DbConnection db, string? trouble, DateTimeOffset now) => db.Execute(
        "UPDATE printers SET asked_at = @now, trouble = @trouble WHERE destination_id = @DestinationId",
        new { now, trouble, DestinationId });

    private const string FindSql = """
        SELECT p.destination_id, p.store_id, p.name, p.paper_mm, p.asked_at, p.trouble
          FROM printers p
          JOIN destinations t ON t.id = p.destination_id
        """;

    private const string MakeSql = """
        INSERT INTO printers (destination_id, store_id, name, paper_mm, password_hash)
        VALUES (@id, @storeId, @name, @paperMm, @hash)
        """;
}
