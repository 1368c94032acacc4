using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>What happens to deliveries. Everything here runs in the caller's write transaction.</summary>
internal static class DeliveryChanges
{
    /// <summary>How long one that has ended is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int AtOnce = 500; // deliveries that one write deletes

    /// <summary>Makes one that is due at once. What is there already is not made again.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="destinationId">Who is told.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="sequence">The row of the store's log that it is about.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="eventName">What it tells.</param>
    /// <param name="now">The time.</param>
    /// <param name="about">Sets apart two deliveries of one event.</param>
    public static void Make(
        DbConnection db, long destinationId, long storeId, long sequence, long orderId, string eventName, DateTimeOffset now,
        string about = "") =>
        db.Execute(InsertSql, new
        {
            destinationId,
            storeId,
            sequence,
            orderId,
            eventName,
            about,
            messageId = $"msg_{RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 26)}",
            now,
        });

    /// <summary>
    /// Writes down what came of a try. A failure counts only where the delivery is as it was when it was tried: another node may have
    /// taken over meanwhile and sent it, or somebody may have ended it, and it must not wait anew behind what was sent since. What has
    /// arrived has arrived.
    /// </summary>
    /// <param name="delivery">What was tried, as it was then.</param>
    /// <param name="db">The connection.</param>
    /// <param name="attempt">The try.</param>
    /// <param name="status">What the delivery is from then on.</param>
    /// <param name="nextTryAt">When it is tried again; null where it has ended.</param>
    /// <param name="isOfMessage">Whether a fault says nothing about the next message to the same destination.</param>
    /// <returns>Whether it counts. The try itself is kept in any case.</returns>
    public static bool Record(
        this Delivery delivery, DbConnection db, Delivery.Attempt attempt, DeliveryStatus status, DateTimeOffset? nextTryAt,
        bool isOfMessage = false)
    {
        db.Execute(AttemptSql, new { delivery.Id, attempt.BeganAt, attempt.Milliseconds, attempt.Answer, attempt.Fault });
        if (db.Execute(RecordSql, new
        {
            delivery.Id,
            delivery.Attempts,
            status,
            attempt.BeganAt,
            nextTryAt,
            endedAt = nextTryAt is null ? attempt.BeganAt.AddMilliseconds(attempt.Milliseconds) : (DateTimeOffset?)null,
        }) == 0)
            return false;
        db.Execute(attempt.Fault is null || isOfMessage ? ArrivedSql : FailingSql, new { delivery.DestinationId, attempt.BeganAt });
        return true;
    }

    /// <summary>Sends it once more, now; it has three days again.</summary>
    public static void SendAgain(this Delivery delivery, DbConnection db, DateTimeOffset now) =>
        db.Execute(AgainSql, new { now, delivery.Id });

    /// <summary>What waits for a destination is not sent any more, but for these stores.</summary>
    public static void EndWaiting(DbConnection db, long destinationId, IReadOnlyCollection<long> stores, DateTimeOffset now) =>
        db.Execute(EndSql, new { destinationId, stores = SqlList.Of(stores), now });

    /// <summary>Has everything that waits for a later time tried now, and forgets times that have not come yet.</summary>
    public static void ForgetLaterTimes(DbConnection db, DateTimeOffset now) => db.Execute(LaterSql, new { now });

    /// <summary>Whether something waits for a time that no pause explains: the clock was set back while the server was off.</summary>
    public static bool HasTimesTooLate(DbConnection db, DateTimeOffset now) =>
        db.ExecuteScalar<bool>(TooLateSql, new { now, latest = now + Retries.LongestPause });

    /// <summary>Deletes some of those that ended long ago.</summary>
    public static void DeleteOld(DbConnection db, DateTimeOffset now)
    {
        var old = SqlList.Of(db.Query<long>(OldSql, new { before = now - Kept, AtOnce }));
        db.Execute("DELETE FROM delivery_attempts WHERE delivery_id IN (SELECT CAST(value AS BIGINT) FROM json_each(@old))", new { old });
        db.Execute("DELETE FROM deliveries WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(@old))", new { old });
    }

    /// <summary>Whether <see cref="DeleteOld"/> has something to do, still or at all.</summary>
    public static bool HasOld(DbConnection db, DateTimeOffset now) => db.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE ended_at < @before)", new { before = now - Kept });

    private const string InsertSql = """
        INSERT INTO deliveries (destination_id, store_id, sequence, order_id, event, about, message_id, created_at, next_try_at)
        VALUES (@destinationId, @storeId, @sequence, @orderId, @eventName, @about, @messageId, @now, @now)
        ON CONFLICT (destination_id, store_id, sequence, event, about) DO NOTHING
        """;

    private const string AttemptSql = """
        INSERT INTO delivery_attempts (delivery_id, number, began_at, milliseconds, answer, fault)
        VALUES (@Id, (SELECT COALESCE(MAX(number), 0) + 1 FROM delivery_attempts WHERE delivery_id = @Id),
                @BeganAt, @Milliseconds, @Answer, @Fault)
        """;

    private const string RecordSql = """
        UPDATE deliveries
           SET attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, @BeganAt), status = @status,
               next_try_at = @nextTryAt, ended_at = @endedAt
         WHERE id = @Id AND (@status = 'sent' OR (status = 'waiting' AND attempts = @Attempts))
        """;

    private const string ArrivedSql = """
        UPDATE destinations SET failing_since = NULL, warned_at = NULL
         WHERE id = @DestinationId AND failing_since IS NOT NULL
        """;

    private const string FailingSql =
        "UPDATE destinations SET failing_since = @BeganAt WHERE id = @DestinationId AND failing_since IS NULL";

    private const string AgainSql = """
        UPDATE deliveries
           SET status = 'waiting', attempts = 0, first_tried_at = NULL, next_try_at = @now, ended_at = NULL
         WHERE id = @Id
        """;

    private const string EndSql = """
        UPDATE deliveries SET status = 'failed', ended_at = @now, next_try_at = NULL
         WHERE destination_id = @destinationId AND status = 'waiting'
           AND store_id NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(@stores))
        """;

    private const string LaterSql = """
        UPDATE deliveries SET next_try_at = @now WHERE status = 'waiting' AND next_try_at > @now;
        UPDATE deliveries SET first_tried_at = @now WHERE status = 'waiting' AND first_tried_at > @now;
        UPDATE destinations SET failing_since = @now WHERE failing_since > @now;
        UPDATE destinations SET warned_at = @now WHERE warned_at > @now;
        """;

    private const string TooLateSql = """
        SELECT EXISTS (SELECT 1 FROM deliveries WHERE status = 'waiting' AND (next_try_at > @latest OR first_tried_at > @now))
        """;

    private const string OldSql = "SELECT id FROM deliveries WHERE ended_at < @before ORDER BY ended_at LIMIT +@AtOnce";
}
