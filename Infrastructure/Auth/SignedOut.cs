using System.Collections.Concurrent;
using System.Security.Claims;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Sessions that somebody ended by signing out. The browser forgets its cookie by itself; this is for the pages that
/// were open in other tabs, and for a cookie that somebody else has a copy of.
/// </summary>
public sealed class SignedOut(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ended = new();

    public void Add(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(Sessions.IdClaim) is { } session)
            _ended[session] = clock.GetUtcNow();
        foreach (var (old, at) in _ended)
            if (at + (2 * Sessions.Lifetime) < clock.GetUtcNow()) // twice: the clock may have been set back since the session began
                _ended.TryRemove(old, out _);
    }

    public bool Contains(ClaimsPrincipal? user) => user?.FindFirstValue(Sessions.IdClaim) is { } session && _ended.ContainsKey(session);
}
