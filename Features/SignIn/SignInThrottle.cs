using System.Data.Common;
using System.Threading.RateLimiting;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>
/// Slows down who guesses passwords. A few failures are free, for an account from one address and for an address over
/// all accounts; each one after that doubles a wait, up to fifteen minutes, and as long a pause forgets them. Failures
/// from everywhere make an account's other addresses wait five seconds at most, so that a stranger keeps nobody out.
/// </summary>
/// <remarks>
/// A limiter of <c>System.Threading.RateLimiting</c> cannot count failures only, nor double its wait; those here share
/// the turns to have a password checked, which costs a long calculation. A try is counted within its turn: so guesses, however many
/// come at once, write no faster than passwords are checked.
/// </remarks>
public sealed class SignInThrottle(Database database, TimeProvider clock) : IDisposable
{
    private const int MostWaiting = 32;            // of all networks; each has one in that line
    private const int MostWaitingOfNetwork = 8;
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    // A clock that is set while the server runs neither ends nor prolongs a wait. Nodes whose clocks were minutes apart at their starts
    // count for themselves.
    private readonly SteadyClock _steady = new(clock);
    private long _swept;            // as the clock's timestamps tell
    private volatile bool _isFull;

    // First each network has one turn at a time. Then all of them share half of the processors, so that orders have the
    // rest; the browsers that somebody has signed in on wait in a line of their own.
    private readonly PartitionedRateLimiter<SignInAttempt> _ofNetwork =
        PartitionedRateLimiter.Create<SignInAttempt, string>(attempt => Concurrency(attempt.Network, 1, MostWaitingOfNetwork));
    private readonly PartitionedRateLimiter<SignInAttempt> _ofAll =
        PartitionedRateLimiter.Create<SignInAttempt, bool>(attempt =>
            Concurrency(attempt.IsKnownDevice, Math.Max(1, Environment.ProcessorCount / 2), MostWaiting));

    /// <summary>Waits for the attempt's turn to have its password checked; not acquired where too many wait already.</summary>
    public ValueTask<RateLimitLease> TurnAsync(SignInAttempt attempt, CancellationToken cancellationToken) =>
        PartitionedRateLimiter.CreateChained(_ofNetwork, _ofAll).AcquireAsync(attempt, 1, cancellationToken);

    /// <summary>How long the attempt has to wait before it may queue for its turn; zero or less: not at all.</summary>
    public TimeSpan Wait(SignInAttempt attempt)
    {
        var limits = LimitsOfItsOwn(attempt);
        var kept = database.Read(db => FailedTries.Find(db, limits, _steady.Now()));
        return limits.Max(kept.Left);
    }

    /// <summary>
    /// Counts a try, as a failure until it turns out well. Counted before the password is checked: of many guesses at once, on all nodes,
    /// only so many are checked as are free.
    /// </summary>
    /// <returns>How long it has to wait, and is not counted; zero: it is counted, and may go on.</returns>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public async Task<TimeSpan> CountAsync(SignInAttempt attempt)
    {
        if (Wait(attempt) is { Ticks: > 0 } left)
            return left; // a flood of these writes nothing
        var now = _steady.Now();
        var wait = await database.WriteAsync(db => Count(db, attempt, now), WriteScope.SideBySide);
        if (clock.GetElapsedTime(Volatile.Read(ref _swept)) > BetweenSweeps)
        {
            Volatile.Write(ref _swept, clock.GetTimestamp());
            _isFull = await database.WriteAsync(db => FailedTries.RemoveOld(db, now), WriteScope.SideBySide);
        }
        return wait;
    }

    /// <summary>Takes the try back. The address keeps its failures: one right password does not buy guesses at other people's.</summary>
    /// <exception cref="BusyException">The database cannot take the write now.</exception>
    public Task SucceededAsync(SignInAttempt attempt)
    {
        var now = _steady.Now();
        return database.WriteAsync(db =>
        {
            var kept = FailedTries.Lock(db, attempt.Limits, now);
            FailedTries.Forget(db, attempt.Own);
            if (attempt.Account is not null)
                FailedTries.Forget(db, attempt.Account);
            foreach (var network in attempt.Networks)
                FailedTries.Keep(db, network, Math.Max(0, kept.Failures(network) - 1), now);
            return true;
        }, WriteScope.SideBySide);
    }

    public void Dispose()
    {
        _ofNetwork.Dispose();
        _ofAll.Dispose();
    }

    private static List<FailureLimit> LimitsOfItsOwn(SignInAttempt attempt) => [.. attempt.Networks, attempt.Own];

    private TimeSpan Count(DbConnection db, SignInAttempt attempt, DateTimeOffset now)
    {
        var kept = FailedTries.Lock(db, attempt.Limits, now);
        if (LimitsOfItsOwn(attempt).Max(kept.Left) is { Ticks: > 0 } wait)
            return wait;
        if (attempt.Account is not null && kept.Left(attempt.Account) is { Ticks: > 0 } others && !kept.Knows(attempt.Own))
        {
            // An address waits once for the failures of the others. It is then let in, however they go on.
            if (!_isFull)
                FailedTries.Keep(db, attempt.Own, 0, now + others);
            return others;
        }
        var earliest = attempt.Account is null ? now : Fail(attempt.Account, now);
        Fail(attempt.Own, earliest);
        foreach (var network in attempt.Networks)
            Fail(network, now);
        return TimeSpan.Zero;

        DateTimeOffset Fail(FailureLimit limit, DateTimeOffset earliest)
        {
            var failures = kept.Failures(limit) + 1;
            var until = now + Delay(failures - limit.Free, limit.Longest);
            until = until > earliest ? until : earliest;
            FailedTries.Keep(db, limit, failures, until);
            return until;
        }
    }

    private static TimeSpan Delay(long beyondFree, TimeSpan longest) =>
        beyondFree <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Math.Pow(2, Math.Min(beyondFree, 20))));

    private static RateLimitPartition<T> Concurrency<T>(T key, int permits, int queue) =>
        RateLimitPartition.GetConcurrencyLimiter(key, _ => new()
        {
            PermitLimit = permits,
            QueueLimit = queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
}
