using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Merchants;

/// <summary>Whose the stores and people are.</summary>
internal static class Merchant
{
    /// <summary>Makes a merchant, in the caller's write transaction.</summary>
    /// <returns>Its number.</returns>
    public static long Make(DbConnection db, string code, string name, DateTimeOffset now)
    {
        var id = db.QuerySingle<long>(
            "INSERT INTO merchants (code, name, created_at) VALUES (@code, @name, @now) RETURNING id", new { code, name, now });
        Log(db, id, before: null, name, now);
        return id;
    }

    /// <summary>Gives a merchant another name, in the caller's write transaction.</summary>
    public static void Rename(DbConnection db, long id, string before, string name, DateTimeOffset now)
    {
        db.Execute("UPDATE merchants SET name = @name WHERE id = @id", new { name, id });
        Log(db, id, before, name, now);
    }

    private static void Log(DbConnection db, long id, string? before, string name, DateTimeOffset now) => MerchantLog.Append(
        db,
        new(id, null, SubjectKind.Merchant, id, name),
        before is null ? LogAction.Created : LogAction.Changed,
        [new("name", before, name)],
        author: null,
        now);
}
