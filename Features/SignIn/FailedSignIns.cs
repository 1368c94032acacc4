using System.Net;
using System.Threading.RateLimiting;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary>One line of the log for each failed sign-in, and twenty a minute at most: a stranger cannot fill the disk.</summary>
public sealed class FailedSignIns(Database database, ILogger<FailedSignIns> log) : IDisposable
{
    private const int MostAMinute = 20;

    private readonly FixedWindowRateLimiter _lines = new(new() { PermitLimit = MostAMinute, Window = TimeSpan.FromMinutes(1) });
    private int _left;

    /// <summary>Names the address and the number of the user, if there is one; never the e-mail address or the password.</summary>
    public void Add(string email, IPAddress? address)
    {
        using var line = _lines.AttemptAcquire();
        if (!line.IsAcquired)
        {
            Interlocked.Increment(ref _left);
            return;
        }
        if (Interlocked.Exchange(ref _left, 0) is > 0 and var left)
            log.LogInformation("{Count} more sign-ins have failed since", left);
        var user = database.Read(db => db.QuerySingleOrDefault<long?>("SELECT id FROM users WHERE email = @email", new { email }));
        log.LogInformation("A sign-in failed from {Address} for {User}", address, user is null ? "nobody here" : $"user {user}");
    }

    public void Dispose() => _lines.Dispose();
}
