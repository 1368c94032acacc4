using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Carries what was committed from the write-ahead log into the main file, on a thread and a connection of its own,
/// so that a write does not wait for it. Only the last few pages of a round are left to the writer, since SQLite
/// starts its log over only when nothing in it is left to carry.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private const int Worthwhile = 1_000;   // pages of 4 KiB; fewer are not worth a wait for the disk
    private const int StartOver = 6_000;    // a log of 24 MB is started over as soon as it can be
    private const int Enough = 12_000;      // at 49 MB the writer helps, so that the log stays below 64 MB
    private const int Noop = -1;            // SQLITE_CHECKPOINT_NOOP: only tells the sizes
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly AutoResetEvent _commits = new(false);
    private readonly Func<SqliteConnection> _open;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private volatile bool _finish;

    public Checkpointer(Func<SqliteConnection> open, ILogger log)
    {
        _open = open;
        _log = log;
        _thread = new Thread(Run) { Name = "StoreFlow checkpoints", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The writer tells of a commit and, where little is left or the log has grown too long, carries the rest.</summary>
    public void AfterCommit(SqliteConnection writer)
    {
        if (_finish)
        {
            _finish = false;
            Try(() => Carry(writer, raw.SQLITE_CHECKPOINT_PASSIVE));
        }
        _commits.Set();
    }

    private void Run()
    {
        SqliteConnection? connection = null;
        while (_commits.WaitOne() && !_stopped)
        {
            Try(() => Look(connection ??= _open()));
            Thread.Sleep(Gathering);
        }
        connection?.Dispose();
    }

    private void Look(SqliteConnection connection)
    {
        var (pages, carried) = Carry(connection, Noop);
        if (pages - carried >= Worthwhile)
            (pages, carried) = Carry(connection, raw.SQLITE_CHECKPOINT_PASSIVE);
        _finish = pages >= Enough || pages >= StartOver && pages - carried < Worthwhile;
    }

    private void Try(Action checkpoint)
    {
        try
        {
            checkpoint();
        }
        catch (SqliteException fault)
        {
            LostSync.EndProcessOn(fault);
            // Nothing is lost: it all stays in the log, and a later commit asks again.
            _log.LogWarning("The write-ahead log could not be carried into the database file: {Fault}", fault.Message);
        }
    }

    private static (int Pages, int Carried) Carry(SqliteConnection connection, int mode)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", mode, out var pages, out var carried);
        // Another checkpoint, or a reader that still needs old pages, is no fault: a later round carries the rest.
        if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        return (pages, carried);
    }

    public void Dispose()
    {
        _stopped = true;
        _commits.Set();
        _thread.Join();
        _commits.Dispose();
    }
}
