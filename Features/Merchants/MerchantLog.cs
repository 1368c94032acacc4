using System.Data.Common;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>What the log of a merchant tells about.</summary>
public enum SubjectKind
{
    Merchant,
    Store,
    Product,
    ShippingMethod,
    User,
    Token,
    Tablet,
    Webhook,
}

/// <summary>What happened to it.</summary>
public enum LogAction
{
    Created,
    Changed,
    LinkMade,
    PasswordSet,
    PinSet,
    Revoked,

    /// <summary>By itself: no user is the author.</summary>
    SwitchedOff,
}

/// <summary>The log of what a merchant manages. A row is written in the transaction of its change, and never changes.</summary>
internal static class MerchantLog
{
    /// <summary>The author where no user is: a command, or the first set-up.</summary>
    public const string CommandLine = "Set-up or command line";

    /// <summary>What a row is about.</summary>
    /// <param name="MerchantId">Whose it is.</param>
    /// <param name="StoreId">The store, where it belongs to one.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="Id">Its number.</param>
    /// <param name="Name">What people call it.</param>
    public sealed record Subject(long MerchantId, long? StoreId, SubjectKind Kind, long Id, string Name);

    /// <summary>Adds a row, in the caller's write transaction.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="action">What happened.</param>
    /// <param name="changes">The fields that differ; none where the action says it all.</param>
    /// <param name="author">The user; null for a command.</param>
    /// <param name="now">When.</param>
    public static void Append(
        DbConnection db, Subject subject, LogAction action, IReadOnlyList<FieldChange> changes, long? author, DateTimeOffset now) =>
        db.Execute(AppendSql, new
        {
            subject.MerchantId,
            subject.StoreId,
            author,
            subject.Kind,
            subject.Id,
            subject.Name,
            action,
            changes = JsonSerializer.Serialize(changes, Json.Stored),
            now,
        });

    private const string AppendSql = """
        INSERT INTO merchant_log (merchant_id, store_id, user_id, kind, subject_id, subject, action, changes, created_at)
        VALUES (@MerchantId, @StoreId, @author, @Kind, @Id, @Name, @action, @changes, @now)
        """;

    /// <summary>The rows about one thing, newest first.</summary>
    public static IReadOnlyList<Entry> Of(DbConnection db, SubjectKind kind, long id) =>
        db.Query<Entry>($"{EntrySql} WHERE l.kind = @kind AND l.subject_id = @id ORDER BY l.id DESC", new { kind, id }).AsList();

    /// <summary>The SELECT of an <see cref="Entry"/>, without its WHERE.</summary>
    public const string EntrySql = $"""
        SELECT l.id, l.store_id, l.kind, l.subject_id, l.subject, l.action, l.changes, l.created_at,
               COALESCE(u.name, CASE l.action WHEN 'switched_off' THEN 'StoreFlow' ELSE '{CommandLine}' END) AS actor
          FROM merchant_log l
          LEFT JOIN users u ON u.id = l.user_id
        """;

    public sealed record Entry
    {
        public long Id { get; init; }
        public long? StoreId { get; init; }
        public SubjectKind Kind { get; init; }
        public long SubjectId { get; init; }
        public required string Subject { get; init; }
        public LogAction Action { get; init; }
        public required string Changes { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public required string Actor { get; init; }

        public IReadOnlyList<FieldChange> ReadChanges() => JsonSerializer.Deserialize<IReadOnlyList<FieldChange>>(Changes, Json.Stored)!;
    }

    /// <summary>
    /// Somebody else saved the thing since the caller read it: says who and what. Null where the caller's version is the newest.
    /// </summary>
    public static Refusal? Stale(DbConnection db, SubjectKind kind, long id, long? expected, long version, DateTimeOffset now)
    {
        if (expected is null || expected == version)
            return null;
        var last = Of(db, kind, id).FirstOrDefault();
        var what = string.Join(", ", last?.ReadChanges().Select(change => change.Field.Replace('_', ' ')) ?? []);
        return new(Reason.Stale, last is null
            ? "This has been changed since. Look at it as it is now, then save again."
            : $"{last.Actor} changed this {Quantity.Ago(now - last.CreatedAt)}{(what is "" ? "" : $" ({what})")}. "
                + "Look at it as it is now, then save again.");
    }
}
