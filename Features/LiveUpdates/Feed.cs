using System.Data.Common;
using System.Runtime.CompilerServices;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// What one client is to hear, from a position on and without a gap: first from the audit log, then live. The hub
/// and the event streams both read this. At each heartbeat the client's rights are checked; the feed ends when they are gone.
/// </summary>
public sealed class Feed(Announcer announcer, Database database, TimeProvider clock)
{
    private const int Page = 500;

    /// <summary>How long a client may take to accept what is sent to it before it is disconnected.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The events of a store after a sequence, or from now on where that is null; null where the actor does not work
    /// there. <c>Now</c> is the store's latest sequence.
    /// </summary>
    public (long Now, IAsyncEnumerable<FeedItem> Events)? OfStore(Actor actor, long storeId, long? after)
    {
        if (!MayHear())
            return null;
        var now = database.Read(db => AuditLog.LatestSequence(db, storeId));
        return (now, Follow(
            Channels.Store(storeId), storeId, Math.Max(after ?? now, 0), after is not null, announcement => announcement.Sequence,
            MayHear, ends: _ => false, isOver: false,
            (db, position, most) => Announcement.OfStore(db, storeId, position, most)));

        bool MayHear() => database.Read(db => Rights.StillWorksIn(db, actor, storeId, clock.Now()));
    }

    /// <summary>
    /// The refusal of a position beyond a store's end, or null. A client has one after a restore: what happens next has sequences that
    /// it has seen already, and it would skip them.
    /// </summary>
    /// <param name="field">Where the client sent the position.</param>
    /// <param name="after">The position.</param>
    /// <param name="now">The store's latest sequence.</param>
    public static Refusal? BeyondEnd(string field, long? after, long now) => after > now
        ? Refusal.Invalid(field, $"This store's events end at {now}. Start over without {field}, and read the orders anew.")
        : null;

    /// <summary>
    /// The customer's view now, and the events of that order after a version; after that view where the version is null or beyond it.
    /// They end when the order is finished, a heartbeat after its last event. Null for an unknown id.
    /// </summary>
    public (CustomerView Now, IAsyncEnumerable<FeedItem> Events)? OfCustomer(string publicId, long? after)
    {
        if (database.Read(db => CustomerView.Find(db, publicId)) is not { } view)
            return null;
        if (after > view.Version)
            after = null;
        return (view, Follow(
            Channels.Customer(view.PublicId), view.StoreId, Math.Max(after ?? view.Version, 0), after is not null,
            announcement => announcement.Version, mayHear: () => true, ends: announcement => announcement.EndsOrder,
            isOver: Lifecycle.IsTerminal(view.FulfilmentType, view.Status),
            (db, position, most) => Announcement.Read(
                db, "WHERE o.public_id = @PublicId AND a.version > @position ORDER BY a.version LIMIT +@most",
                new { view.PublicId, position, most })));
    }

    /// <summary>Heartbeats only, for as long as the person and the token are good.</summary>
    public async IAsyncEnumerable<FeedItem> ForUser(Actor actor, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var subscription = announcer.Subscribe(Channels.Person(actor.UserId), storeId: null);
        await foreach (var heartbeat in subscription.ReadAllAsync(cancellationToken))
        {
            if (!database.Read(db => Rights.StillGood(db, actor, clock.Now())))
                yield break;
            yield return heartbeat;
        }
    }

    private async IAsyncEnumerable<FeedItem> Follow(
        string channel, long storeId, long position, bool resumed, Func<Announcement, long> place,
        Func<bool> mayHear, Func<Announcement, bool> ends, bool isOver,
        Func<DbConnection, long, int, List<Announcement>> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Of two events with one place, a client that was cut off may have seen the first only: it hears the second again.
        if (resumed && mayHear())
            foreach (var announcement in Read(position - 1, 1))
                if (place(announcement) == position && announcement.ForStore.Count > 1)
                    yield return announcement.LastEvent();

        // A long absence is read from the log first, unsubscribed, so that what happens meanwhile does not pile up.
        for (var behind = true; behind;)
        {
            if (!mayHear())
                yield break;
            var missed = Missed();
            foreach (var announcement in missed)
                yield return announcement;
            behind = missed.Count == Page;
        }
        if (isOver)
            yield break;

        using var subscription = announcer.Subscribe(channel, storeId);
        // The last page may have taken long to send, and then more than a page has happened since.
        for (var behind = true; behind;)
        {
            var missed = Missed();
            foreach (var announcement in missed)
                yield return announcement;
            behind = missed.Count == Page;
        }
        await foreach (var item in subscription.ReadAllAsync(cancellationToken))
        {
            if (item is Heartbeat && (isOver || !mayHear()))
                yield break;
            if (item is Announcement announcement)
            {
                if (place(announcement) <= position)
                    continue;
                (position, isOver) = (place(announcement), ends(announcement));
            }
            yield return item;
            // The client has asked for the next one, so that this one has been sent.
            if (item is Announcement { CommittedAt: var committedAt })
                LiveMetrics.Sent(committedAt);
        }

        List<Announcement> Missed()
        {
            var missed = Read(position, Page);
            if (missed.Count > 0)
                (position, isOver) = (place(missed[^1]), ends(missed[^1]));
            return missed;
        }

        List<Announcement> Read(long after, int limit) =>
            database.Read(db => read(db, after, limit));
    }
}
