using System.Collections.Concurrent;
using System.Threading.RateLimiting;


namespace StoreFlow.Features.SignIn;

/// <summary>
/// Slows down who guesses passwords. A few failures are free, for an account from one address and for an address over
/// all accounts; each one after that doubles a wait, up to fifteen minutes, and as long a pause forgets them. Failures
/// from everywhere make an account's other addresses wait five seconds at most, so that a stranger keeps nobody out.
/// Kept in memory only, by each of several nodes for itself. It goes by the time that passes, not by the clock on the wall.
/// </summary>
/// <remarks>
/// A limiter of <c>System.Threading.RateLimiting</c> cannot count failures only, nor double its wait; those here share
/// the turns to have a password checked, which costs a long calculation.
/// </remarks>
public sealed class SignInThrottle(TimeProvider clock) : IDisposable
{
    private const int MostWaiting = 32;            // of all networks; each has one in that line
    private const int MostWaitingOfNetwork = 8;
    private const int MostKept = 10_000;
    private const int MostNewcomers = 100_000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly long _start = clock.GetTimestamp();
    private readonly ConcurrentDictionary<string, (int Failures, TimeSpan Until)> _failures = new();
    private TimeSpan _swept;

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

    /// <summary>How long the attempt still has to wait; zero or less: not at all.</summary>
    public TimeSpan Wait(SignInAttempt attempt)
    {
        var now = Now;
        if (attempt.Networks.Append(attempt.Own).Max(limit => Left(limit, now)) is { Ticks: > 0 } wait)
            return wait;
        if (attempt.Account is null || Left(attempt.Account, now) is not { Ticks: > 0 } others || IsKept(attempt.Own, now))
            return TimeSpan.Zero;
        // An address waits once for the failures of the others. It is then let in, however they go on.
        if (_failures.Count < MostNewcomers)
            _failures[attempt.Own.Key] = (0, now + others);
        return others;
    }

    /// <summary>Counts a try, as a failure until it turns out well.</summary>
    public void Count(SignInAttempt attempt)
    {
        var now = Now;
        var others = attempt.Account is null ? now : Count(attempt.Account, now, now);
        Count(attempt.Own, others, now);
        foreach (var network in attempt.Networks)
            Count(network, now, now);
        if (_failures.Count > MostKept && now - _swept > BetweenSweeps)
        {
            _swept = now;
            foreach (var (key, _) in _failures.Where(kept => kept.Value.Until + Forgotten < now))
                _failures.TryRemove(key, out _);
        }
    }

    /// <summary>Takes the try back. The address keeps its failures: one right password does not buy guesses at other people's.</summary>
    public void Succeeded(SignInAttempt attempt)
    {
        _failures.TryRemove(attempt.Own.Key, out _);
        if (attempt.Account is not null)
            _failures.TryRemove(attempt.Account.Key, out _);
        foreach (var network in attempt.Networks)
            if (_failures.TryGetValue(network.Key, out var kept))
                _failures.TryUpdate(network.Key, (kept.Failures - 1, Now), kept);
    }

    public void Dispose()
    {
        _ofNetwork.Dispose();
        _ofAll.Dispose();
    }

    private TimeSpan Now => clock.GetElapsedTime(_start);

    private TimeSpan Left(FailureLimit limit, TimeSpan now) =>
        _failures.TryGetValue(limit.Key, out var kept) ? kept.Until - now : TimeSpan.Zero;

    private bool IsKept(FailureLimit limit, TimeSpan now) =>
        _failures.TryGetValue(limit.Key, out var kept) && kept.Until + Forgotten >= now;

    /// <summary>Counts one failure; until when the next try has to wait, at least until <paramref name="earliest"/>.</summary>
    private TimeSpan Count(FailureLimit limit, TimeSpan earliest, TimeSpan now)
    {
        return _failures.AddOrUpdate(limit.Key, _ => (1, earliest), (_, kept) => Next(kept)).Until;

        (int Failures, TimeSpan Until) Next((int Failures, TimeSpan Until) kept)
        {
            var failures = kept.Until + Forgotten < now ? 1 : kept.Failures + 1;
            var until = now + Delay(failures - limit.Free, limit.Longest);
            return (failures, until > earliest ? until : earliest);
        }
    }

    private static TimeSpan Delay(int beyondFree, TimeSpan longest) =>
        beyondFree <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Math.Pow(2, Math.Min(beyondFree, 20))));

    private static RateLimitPartition<T> Concurrency<T>(T key, int permits, int queue) =>
        RateLimitPartition.GetConcurrencyLimiter(key, _ => new()
        {
            PermitLimit = permits,
            QueueLimit = queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
}
