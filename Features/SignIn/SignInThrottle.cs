using System.Collections.Concurrent;

namespace StoreFlow.Features.SignIn;

/// <summary>
/// Slows down who guesses passwords: a few failures are free, for an account and for an address each; every one after
/// that doubles a wait, up to fifteen minutes, and as long a pause forgets them. Kept in memory only.
/// </summary>
public sealed class SignInThrottle(TimeProvider clock)
{
    private const int FreeForAccount = 5;
    private const int FreeForAddress = 20; // a whole shop may sit behind one
    private const int MostKept = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> _failures = new();

    /// <summary>How long this account or this address still has to wait; zero or less: not at all.</summary>
    public TimeSpan Wait(string email, string address)
    {
        var now = clock.GetUtcNow();
        return new[] { AccountKey(email), AddressKey(address) }
            .Max(key => _failures.TryGetValue(key, out var kept) ? kept.Until - now : TimeSpan.Zero);
    }

    public void Failed(string email, string address)
    {
        var now = clock.GetUtcNow();
        Count(AccountKey(email), FreeForAccount, now);
        Count(AddressKey(address), FreeForAddress, now);
        if (_failures.Count > MostKept)
            foreach (var (key, _) in _failures.Where(kept => kept.Value.Until + Longest < now))
                _failures.TryRemove(key, out _);
    }

    /// <summary>The address keeps its count: one right password does not buy guesses at other people's.</summary>
    public void Succeeded(string email) => _failures.TryRemove(AccountKey(email), out _);

    private void Count(string key, int free, DateTimeOffset now) => _failures.AddOrUpdate(key, (1, now), (_, kept) =>
        kept.Until + Longest < now ? (1, now)
        : kept.Failures < free ? (kept.Failures + 1, now)
        : (kept.Failures + 1, now + Delay(kept.Failures + 1 - free)));

    private static TimeSpan Delay(int beyondFree) =>
        TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(beyondFree, 20))));

    private static string AccountKey(string email) => $"account {email.ToLowerInvariant()}";

    private static string AddressKey(string address) => $"address {address}";
}
