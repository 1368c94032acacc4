using System.Collections.Concurrent;
using System.Threading.RateLimiting;


namespace StoreFlow.Features.SignIn;

/// <summary>
/// Slows down who guesses passwords: a few failures are free, for an account and for an address each; every one after
/// that doubles a wait, up to fifteen minutes, and as long a pause forgets them. Kept in memory only. It goes by the
/// time that passes, not by the clock on the wall: setting that back keeps nobody waiting. A guess costs the server a
/// long calculation, so those who guess from everywhere share half of its processors, and orders have the rest.
/// </summary>
public sealed class SignInThrottle(TimeProvider clock) : IDisposable
{
    private const int FreeForAccount = 5;
    private const int FreeForAddress = 20; // a whole shop may sit behind one
    private const int MostKept = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);

    private readonly long _start = clock.GetTimestamp();
    private readonly ConcurrentDictionary<string, (int Failures, TimeSpan Until)> _failures = new();
    private readonly ConcurrencyLimiter _turns = new(new()
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = 32,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });
    private TimeSpan _swept;

    /// <summary>Waits for one's turn to have a password checked; not acquired where too many wait already.</summary>
    public ValueTask<RateLimitLease> Turn(CancellationToken stop) => _turns.AcquireAsync(1, stop);

    /// <summary>How long this account or this address still has to wait; zero or less: not at all.</summary>
    public TimeSpan Wait(string email, string address)
    {
        var now = Now;
        return new[] { AccountKey(email), AddressKey(address) }
            .Max(key => _failures.TryGetValue(key, out var kept) ? kept.Until - now : TimeSpan.Zero);
    }

    /// <summary>Counts a try, as a failure until it turns out well.</summary>
    public void Count(string email, string address)
    {
        var now = Now;
        Count(AccountKey(email), FreeForAccount, now);
        Count(AddressKey(address), FreeForAddress, now);
        if (_failures.Count > MostKept && now - _swept > BetweenSweeps)
        {
            _swept = now;
            foreach (var (key, _) in _failures.Where(kept => kept.Value.Until + Longest < now))
                _failures.TryRemove(key, out _);
        }
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>Takes the try back. The address keeps its failures: one right password does not buy guesses at other people's.</summary>
    public void Succeeded(string email, string address)
    {
        _failures.TryRemove(AccountKey(email), out _);
        if (_failures.TryGetValue(AddressKey(address), out var kept))
            _failures.TryUpdate(AddressKey(address), (kept.Failures - 1, Now), kept);
    }

    private TimeSpan Now => clock.GetElapsedTime(_start);

    private void Count(string key, int free, TimeSpan now) => _failures.AddOrUpdate(key, (1, now), (_, kept) =>
        kept.Until + Longest < now ? (1, now)
        : kept.Failures < free ? (kept.Failures + 1, now)
        : (kept.Failures + 1, now + Delay(kept.Failures + 1 - free)));

    private static TimeSpan Delay(int beyondFree) =>
        TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(beyondFree, 20))));

    private static string AccountKey(string email) => $"account {email[..Math.Min(email.Length, 254)].ToLowerInvariant()}";

    private static string AddressKey(string address) => $"address {address}";
}
