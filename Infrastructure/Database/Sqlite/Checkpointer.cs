using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Carries what was committed from the write-ahead log into the main file, and that onto the disk, on a thread and a
/// connection of its own, so that a write does not wait for it. With SQLite's own autocheckpoint a server does two thirds
/// of the steps, with a longer p99 (docs/performance.md). Only the last few pages of a round are left to the
/// writer, since SQLite starts its log over only when nothing in it is left to carry.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private const int StartOver = 32 * 1024 * 1024; // bytes: a log of this length is worth a round; a shorter one has fewer pages twice
    private const int Enough = 48 * 1024 * 1024;    // bytes: from here the writer helps whatever is left, so that the log stays below 64 MB
    private const int Much = 8 * 1024 * 1024;       // bytes: the writer is not asked for more; a backup leaves hundreds of megabytes
    private const int MostRounds = 16;              // unless so many rounds do not bring it below that
    private const int Few = 500;                    // pages that the writer may be asked to carry: a few milliseconds
    private const int Noop = -1;                    // SQLITE_CHECKPOINT_NOOP: only tells the sizes
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly AutoResetEvent _commits = new(false);
    private readonly Func<SqliteConnection> _open;
    private readonly string _file;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private SafeFileHandle? _handle;
    private int _pageSize; // bytes
    private volatile bool _stopped;
    private volatile bool _finish;

    public Checkpointer(string file, Func<SqliteConnection> open, ILogger log)
    {
        _file = file;
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
            Thread.Sleep(Gathering); // many commits, one look; it has a thread of its own to sleep on
        }
        connection?.Dispose();
    }

    private void Look(SqliteConnection connection)
    {
        if (_pageSize is 0)
            _pageSize = connection.ExecuteScalar<int>("PRAGMA page_size");
        var (pages, carried) = Carry(connection, Noop);
        if (pages < StartOver / _pageSize)
            return;
        var rounds = 0;
        for (var before = -1; IsWorthARound(pages, pages - carried) && carried > before && rounds < MostRounds; rounds++)
        {
            before = carried;
            if (Carry(connection, raw.SQLITE_CHECKPOINT_PASSIVE).Carried > before)
                Sync();
            (pages, carried) = Carry(connection, Noop);
        }
        _finish = pages - carried <= Much / _pageSize || rounds == MostRounds;
    }

    private bool IsWorthARound(int pages, int left) => left > Few && (pages < Enough / _pageSize || left > Much / _pageSize);

    /// <summary>
    /// SQLite syncs the file only in a checkpoint that reaches the end of the log, which would be the writer's. The
    /// handle stays open as long as the database: closing it would end SQLite's own locks on the file.
    /// </summary>
    private void Sync()
    {
        _handle ??= File.OpenHandle(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (IOException)
        {
            FailedSync.EndProcess();
        }
    }

    private void Try(Action checkpoint)
    {
        try
        {
            checkpoint();
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            FailedSync.EndProcessOn(fault);
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
        _handle?.Dispose();
        _commits.Dispose();
    }
}
