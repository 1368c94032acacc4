using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>How a destination is reached.</summary>
public enum DestinationKind
{
    Webhook,
    Printer,

    /// <summary>The e-mails of one store.</summary>
    Email,

    /// <summary>The browsers that customers asked to be told by.</summary>
    Push,
}

/// <summary>Where news of orders goes beside the open pages.</summary>
public sealed record Destination
{
    public long Id { get; init; }
    public long MerchantId { get; init; }
    public DestinationKind Kind { get; init; }

    /// <summary>The names of the events that it takes, with commas between.</summary>
    public required string Events { get; init; }

    /// <summary>Whether it takes those of every store, of later ones as well.</summary>
    public bool AllStores { get; init; }

    /// <summary>Whether it is sent anything. Off, its cursor stays, and it can catch up from there.</summary>
    public bool Active { get; init; }

    /// <summary>Why it was switched off by itself; null where it was not.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>Since when nothing has arrived; null where the last attempt did.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the owner was told that it fails; null where they were not.</summary>
    public DateTimeOffset? WarnedAt { get; init; }

    public long Version { get; init; }

    public bool Takes(string eventName) => Events.Split(',').Contains(eventName);

    /// <summary>The destination; null where there is none, or it has been removed.</summary>
    internal static Destination? Find(DbConnection db, long id) =>
        db.QuerySingleOrDefault<Destination>($"{FindSql} WHERE id = @id AND removed_at IS NULL", new { id });

    /// <summary>The destination of a merchant; null where it is not theirs.</summary>
    internal static Destination? Find(DbConnection db, DestinationKind kind, long merchantId, long id) =>
        Find(db, id) is { } found && found.Kind == kind && found.MerchantId == merchantId ? found : null;

    internal static IReadOnlyList<Destination> OfMerchant(DbConnection db, DestinationKind kind, long merchantId) =>
        db.Query<Destination>(
            $"{FindSql} WHERE kind = @kind AND merchant_id = @merchantId AND removed_at IS NULL ORDER BY id", new { kind, merchantId })
            .AsList();

    /// <summary>The stores whose news it takes.</summary>
    internal static IReadOnlyList<long> StoresOf(DbConnection db, long id) =>
        db.Query<long>("SELECT store_id FROM destination_stores WHERE destination_id = @id ORDER BY store_id", new { id }).AsList();

    /// <summary>Makes one that is told what happens from now on, in the caller's write transaction.</summary>
    /// <returns>Its number.</returns>
    internal static long Make(
        DbConnection db, DestinationKind kind, long merchantId, string events, IReadOnlyCollection<long>? stores, DateTimeOffset now)
    {
        var id = db.QuerySingle<long>(InsertSql, new { merchantId, kind, events, all = stores is null, now });
        SetStores(db, id, merchantId, stores, now);
        return id;
    }

    /// <summary>Sets the stores of a destination; new ones are told from now on.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="id">The destination.</param>
    /// <param name="merchantId">Whose it is.</param>
    /// <param name="stores">The stores; null for all, with those that are made later.</param>
    /// <param name="now">The time.</param>
    internal static void SetStores(DbConnection db, long id, long merchantId, IReadOnlyCollection<long>? stores, DateTimeOffset now)
    {
        db.Execute("UPDATE destinations SET all_stores = @all WHERE id = @id", new { all = stores is null, id });
        if (stores is not null)
        {
            db.Execute(LeaveSql, new { id, stores = SqlList.Of(stores) });
            DeliveryChanges.EndWaiting(db, id, stores, now);
        }
        foreach (var store in stores ?? [.. db.Query<long>("SELECT id FROM stores WHERE merchant_id = @merchantId", new { merchantId })])
            db.Execute(JoinSql, new { id, store });
    }

    /// <summary>Sets the events that it takes from now on.</summary>
    internal void SetEvents(DbConnection db, string events) =>
        db.Execute("UPDATE destinations SET events = @events WHERE id = @Id", new { events, Id });

    /// <summary>Removes it. What was sent stays in the list of deliveries; what waits is not sent any more.</summary>
    internal void Remove(DbConnection db, DateTimeOffset now)
    {
        db.Execute("UPDATE destinations SET removed_at = @now, active = 0 WHERE id = @Id", new { now, Id });
        DeliveryChanges.EndWaiting(db, Id, [], now);
    }

    /// <summary>Counts a change, for <see cref="Version"/>.</summary>
    internal void CountChange(DbConnection db) => db.Execute("UPDATE destinations SET version = version + 1 WHERE id = @Id", new { Id });

    /// <summary>Switches it off. What waits stays, for the day on which it is switched on again.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="id">The destination.</param>
    /// <param name="because">Why it is switched off by itself; null where a person does it.</param>
    internal static void SwitchOff(DbConnection db, long id, string? because = null) =>
        db.Execute(SwitchSql, new { active = false, because, id });

    /// <summary>Switches it on. It is sent what it has missed, or, where it skips that, what happens from now on.</summary>
    internal static void SwitchOn(DbConnection db, long id, bool skipMissed, DateTimeOffset now)
    {
        db.Execute(SwitchSql, new { active = true, because = (string?)null, id });
        if (!skipMissed)
            return;
        db.Execute(SkipSql, new { id });
        DeliveryChanges.EndWaiting(db, id, [], now);
    }

    private const string FindSql =
        "SELECT id, merchant_id, kind, events, all_stores, active, ended_because, failing_since, warned_at, version FROM destinations";

    private const string InsertSql = """
        INSERT INTO destinations (merchant_id, kind, events, all_stores, created_at)
        VALUES (@merchantId, @kind, @events, @all, @now)
        RETURNING id
        """;

    private const string JoinSql = """
        INSERT INTO destination_stores (destination_id, store_id, cursor)
        VALUES (@id, @store, (SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @store))
        ON CONFLICT DO NOTHING
        """;

    private const string LeaveSql = """
        DELETE FROM destination_stores
         WHERE destination_id = @id AND store_id NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(@stores))
        """;

    private const string SwitchSql = """
        UPDATE destinations SET active = @active, ended_because = @because, failing_since = NULL, warned_at = NULL WHERE id = @id
        """;

    private const string SkipSql = """
        UPDATE destination_stores AS d
           SET cursor = (SELECT COALESCE(MAX(a.sequence), 0) FROM audit_log a WHERE a.store_id = d.store_id)
         WHERE destination_id = @id
        """;
}
