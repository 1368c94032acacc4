using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Which node does what must be done once: deliveries, reminders, nightly work. The owner holds a lock of its session, which the server
/// ends with the session; a node that is gone or cut off is followed by another within seconds.
/// </summary>
internal sealed class PostgresOwnership
{
    private const long Key = 0x53746F72656F776E;

    private volatile bool _isHeld;

    public bool IsHeld => _isHeld;

    /// <summary>Takes the ownership where it is free. Asked again and again, it also shows that the session is alive.</summary>
    public void Renew(NpgsqlConnection session)
    {
        if (_isHeld)
            session.ExecuteScalar<long>("SELECT 1");
        else
            _isHeld = session.ExecuteScalar<bool>($"SELECT pg_try_advisory_lock({Key})");
    }

    /// <summary>The session is over, and the lock with it.</summary>
    public void Lose() => _isHeld = false;
}
