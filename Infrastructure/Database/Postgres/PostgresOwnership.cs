using System.Diagnostics;
using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Which node does what must be done once: deliveries, reminders, nightly work. The owner holds a lock of its session, which the server
/// ends with the session; a node that is gone or cut off is followed by another within seconds.
/// </summary>
internal sealed class PostgresOwnership
{
    /// <summary>The lock's number.</summary>
    internal const long Key = 0x53746F72656F776E;

    // The server ends the session of a node that has been silent for about nine seconds. One that could not ask stops before.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(6);

    private volatile bool _isHeld;
    private long _renewed;

    public bool IsHeld => _isHeld && Stopwatch.GetElapsedTime(Interlocked.Read(ref _renewed)) < Trusted;

    /// <summary>Takes the ownership where it is free. Asked again and again, it also shows that the session is alive.</summary>
    public void Renew(NpgsqlConnection session)
    {
        var asked = Stopwatch.GetTimestamp();
        if (_isHeld)
            session.ExecuteScalar<long>("SELECT 1");
        var isHeld = _isHeld || session.ExecuteScalar<bool>($"SELECT pg_try_advisory_lock({Key})");
        Interlocked.Exchange(ref _renewed, asked);
        _isHeld = isHeld;
    }

    /// <summary>Holds the ownership for as long as the session lasts, so that no server does its work meanwhile.</summary>
    /// <exception cref="UnusableException">A server holds it.</exception>
    public static void KeepServersOff(NpgsqlConnection session, string name)
    {
        var server = new PostgresOwnership();
        server.Renew(session);
        if (!server.IsHeld)
            throw new UnusableException($"A server runs on {name}. Stop it first.");
    }

    /// <summary>The session is over, and the lock with it.</summary>
    public void Lose() => _isHeld = false;
}
