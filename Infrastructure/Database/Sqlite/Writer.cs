using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>
/// One thread with one connection that runs all writes in turn: nobody meets SQLite's busy waits. Writes that wait
/// together share one commit, and so one wait for the disk; each has its own savepoint and so its own failure.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MostToACommit = 128;

    private readonly BlockingCollection<QueuedWrite> _queue;
    private readonly Lazy<Thread> _thread;
    private readonly Func<SqliteConnection> _open;
    private readonly bool _shared;
    private readonly Checkpointer _checkpointer;
    private readonly Func<string?> _filesGone;
    private readonly WriteMetrics _metrics;
    private SqliteConnection? _connection;
    private string? _trouble;

    public Writer(
        string file, Func<SqliteConnection> open, Checkpointer checkpointer, Func<string?> filesGone, int queue, bool shared)
    {
        _open = open;
        _checkpointer = checkpointer;
        _filesGone = filesGone;
        _shared = shared;
        _queue = new BlockingCollection<QueuedWrite>(queue);
        _metrics = new WriteMetrics(() => _queue.Count, () => _filesGone() ?? Trouble, log: $"{file}-wal");
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(RunAll) { Name = "StoreFlow writer", IsBackground = true };
            thread.Start();
            return thread;
        });
    }

    public event Action? Committed;

    /// <summary>Why the last write failed, or null. Cleared by the next successful write.</summary>
    public string? Trouble { get => Volatile.Read(ref _trouble); set => Volatile.Write(ref _trouble, value); }

    public Task<T> RunAsync<T>(Func<DbConnection, T> work)
    {
        _ = _thread.Value;
        var job = new QueuedWrite<T>(work) { Trace = StartTrace() };
        try
        {
            if (_queue.TryAdd(job))
                return job.Answer;
            job.Trace?.Dispose();
            throw new BusyException("Too many writes are waiting.");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ObjectDisposedException)
        {
            throw new BusyException("The server is stopping.", fault);
        }
    }

    /// <summary>Starts a part of the caller's trace that ends on another thread; the caller's own goes on meanwhile.</summary>
    private static Activity? StartTrace()
    {
        var caller = Activity.Current;
        var trace = Telemetry.Source.StartActivity("write");
        if (trace is not null)
            Activity.Current = caller;
        return trace;
    }

    private void RunAll()
    {
        var batch = new List<QueuedWrite>(MostToACommit);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (_shared && batch.Count < MostToACommit && _queue.TryTake(out var next))
                batch.Add(next);
            RunTogether(batch);
            batch.Clear();
        }
    }

    private void RunTogether(List<QueuedWrite> batch)
    {
        try
        {
            if (_connection is null && _filesGone() is not null)
                throw new FilesGoneException(); // opened now, it would be somebody else's file
            _connection ??= Open();
            Execute("BEGIN IMMEDIATE");
            foreach (var job in batch)
            {
                _metrics.WaitedSince(job.QueuedAt);
                job.Trace?.AddEvent(new("its turn"));
                RunInSavepoint(job);
            }
            if (_filesGone() is not null)
                throw new FilesGoneException();
            if (Failpoint.IsPlanted("event before the commit"))
                AnnounceTooEarly();
            var began = Stopwatch.GetTimestamp();
            Execute("COMMIT");
            _metrics.CommittedSince(began);
        }
        catch (FilesGoneException)
        {
            CarryLog();
            foreach (var job in batch)
                job.Fail(new BusyException("The database's files were removed or replaced."));
            return;
        }
        catch (Exception fault)
        {
            FailedSync.EndProcessOn(fault);
            Trouble = WriteTrouble.Of(fault) ?? Trouble;
            Abandon();
            // Fail the queued writes too: they waited for the same lock.
            while (WriteTrouble.IsLock(fault) && _queue.TryTake(out var waiting))
                batch.Add(waiting);
            foreach (var job in batch)
                job.Fail(BusyException.Or(fault));
            return;
        }
        if (!Failpoint.IsPlanted("event before the commit"))
            Committed?.Invoke();
        foreach (var job in batch)
            job.Acknowledge();
        _checkpointer.AfterCommit(_connection);
    }

    private void AnnounceTooEarly()
    {
        Committed?.Invoke();
        Thread.Sleep(20); // the announcer reads meanwhile, and finds nothing
    }

    /// <summary>
    /// Carries the log into the database file by the handles that are open, whatever stands at their paths now. Where only the
    /// log was removed, the file then has everything; where the file was replaced, no log of another file is left beside the new one.
    /// </summary>
    private void CarryLog()
    {
        if (_connection is null)
            return;
        try
        {
            Execute("ROLLBACK");
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // It stays as it is: the process is about to end.
        }
    }

    private sealed class FilesGoneException : Exception;

    private void RunInSavepoint(QueuedWrite job)
    {
        Execute("SAVEPOINT job");
        try
        {
            job.Work(_connection!);
        }
        catch (Exception fault) when (raw.sqlite3_get_autocommit(_connection!.Handle) == 0 && !FailedSync.Is(fault))
        {
            // Where SQLite rolled everything back by itself (a full disk does that), the filter lets the fault end the batch.
            job.Fault = BusyException.Or(fault);
            Execute("ROLLBACK TO job");
        }
        Execute("RELEASE job");
    }

    private SqliteConnection Open()
    {
        var connection = _open();
        if (Trouble is not null)
            connection.Execute("PRAGMA busy_timeout = 250"); // nobody is kept waiting for what has kept others waiting in vain
        return connection;
    }

    /// <summary>Whatever state the connection is in, the next batch starts from a new one.</summary>
    private void Abandon()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (SqliteException)
        {
            // It could not even roll back; the file's own recovery does that for the next connection.
        }
        _connection = null;
    }

    private void Execute(string sql)
    {
        using var command = ((DbConnection)_connection!).CreateCommand(); // as what it really is: one that keeps what it has parsed
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        if (_thread.IsValueCreated)
            _thread.Value.Join();
        _connection?.Dispose();
        _metrics.Dispose(); // it looks at the queue
        _queue.Dispose();
    }
}
