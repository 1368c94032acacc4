using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Hears what the server says while it commits. Where its standby does not answer and the wait is cut off, PostgreSQL reports success with
/// a warning: the commit is on one machine only. Such a commit is not acknowledged.
/// </summary>
internal sealed class CommitWarnings : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private volatile bool _any;

    public CommitWarnings(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notice += OnNotice;
    }

    /// <exception cref="BusyException">The server has warned: it is not known whether the commit will stay.</exception>
    public void ThrowIfAny()
    {
        if (_any)
            throw BegunTransaction.NotKnown("The standby did not confirm a commit.");
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs args) => _any |= args.Notice.InvariantSeverity is "WARNING";

    public void Dispose() => _connection.Notice -= OnNotice;
}
