using System.Data;
using System.Data.Common;
using System.Diagnostics;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The database on a PostgreSQL server, which several processes serve together. Steps and checkouts run side by side; each locks
/// its order, and its store's counter for the sequence.
/// </summary>
public sealed class PostgresDatabase : Database
{
    private const int Tries = 5;
    private const int WritersAtOnce = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly PostgresPool _pool;
    private readonly SemaphoreSlim _places = new(WritersAtOnce);
    private readonly SemaphoreSlim _alone = new(1); // of this node, so that those who wait for the others do not take all places
    private readonly WriteMetrics _metrics;
    private readonly int _mostWaiting;
    private int _waiting;
    private long _tried;
    private Outage? _outage;

    /// <param name="settings">Where the server is.</param>
    public PostgresDatabase(Settings settings)
    {
        var connection = PostgresSource.Read(settings.Database!);
        _mostWaiting = settings.WriteQueue;
        Name = PostgresSource.NameOf(connection);
        ConnectionString = connection.ToString();
        _pool = new(connection);
        _metrics = new(() => Volatile.Read(ref _waiting), () => Trouble);
        // Reads wait for the server on the thread that asks: the pool must not grow by one thread a second when many come at once.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * connection.MaxPoolSize), ports);
    }

    public override event Action? Committed;

    public override string Name { get; }

    /// <summary>With the password: never for a message.</summary>
    internal string ConnectionString { get; }

    public override string? Trouble => Volatile.Read(ref _outage)?.Why;

    internal override bool OwnsBackgroundWork => Ownership?.IsHeld ?? false;

    /// <summary>Whether this node does the background work of all; set once the server runs.</summary>
    internal PostgresOwnership? Ownership { get; set; }

    public override async Task<T> WriteAsync<T>(Func<DbConnection, T> work, WriteScope scope = WriteScope.Alone)
    {
        ThrowIfOut(isWrite: true);
        if (Interlocked.Increment(ref _waiting) > _mostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException("Too many writes are waiting.");
        }
        var asked = Stopwatch.GetTimestamp();
        var turns = scope is WriteScope.Alone ? new[] { _alone, _places } : [_places];
        var taken = 0;
        try
        {
            while (taken < turns.Length && await turns[taken].WaitAsync(Patience))
                taken++;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        try
        {
            if (taken < turns.Length)
                throw new BusyException("The write waited too long for its turn.");
            _metrics.WaitedSince(asked);
            return await OnAnotherThreadAsync(work, scope);
        }
        finally
        {
            while (taken > 0)
                turns[--taken].Release();
        }
    }

    /// <summary>The caller has the answer of the write, or, where its commit takes too long, one that says so.</summary>
    private Task<T> OnAnotherThreadAsync<T>(Func<DbConnection, T> work, WriteScope scope)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            try
            {
                answer.TrySetResult(WriteWithRetries(work, scope, late => answer.TrySetException(late)));
            }
            catch (Exception fault)
            {
                answer.TrySetException(fault);
            }
        }, null);
        return answer.Task;
    }

    public override T Read<T>(Func<DbConnection, T> query)
    {
        ThrowIfOut(isWrite: false);
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var pooled = _pool.Open();
                var answer = query(pooled.Connection);
                NoteServed();
                return answer;
            }
            catch (Exception fault) when (tries == 1 && Trouble is null && PostgresFaults.IsLost(fault))
            {
                // A connection of the pool may have been lost long ago; the second one is new.
            }
            catch (Exception fault)
            {
                NoteTrouble(fault);
                throw;
            }
        }
    }

    internal override void Prepare(Settings settings, TimeProvider clock, ILogger log) =>
        PostgresStart.Prepare(ConnectionString, Name, log);

    internal override bool TryEmptyLog() => true; // PostgreSQL's log is recycled by itself; docs/grow.md says what that means for backups

    /// <summary>Other nodes have committed, or it is time to look.</summary>
    internal void NoteNews() => Committed?.Invoke();

    /// <summary>The server answers. Whether it takes writes, only a write shows.</summary>
    internal void NoteServed()
    {
        if (Volatile.Read(ref _outage) is { ReadsToo: true } outage)
            Interlocked.CompareExchange(ref _outage, null, outage);
    }

    /// <summary>The fault may be an outage. While there is one, callers are refused at once; who watches the server ends it.</summary>
    internal void NoteTrouble(Exception fault)
    {
        if (PostgresFaults.OutageOf(fault) is not { } outage)
            return;
        Interlocked.Exchange(ref _tried, Stopwatch.GetTimestamp());
        Volatile.Write(ref _outage, outage);
        if (PostgresFaults.IsLost(fault))
            _pool.Clear(); // connections that the pool still holds are most likely lost too, or lead to the standby
    }

    /// <summary>Raised after a commit of this node, for those who tell the other nodes.</summary>
    internal event Action? CommittedHere;

    private T WriteWithRetries<T>(Func<DbConnection, T> work, WriteScope scope, Action<BusyException> whenLate)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var answer = WriteOnce(work, scope, whenLate);
                CommittedHere?.Invoke();
                Committed?.Invoke();
                Volatile.Write(ref _outage, null);
                return answer;
            }
            catch (Exception fault) when (tries < Tries && PostgresFaults.IsConflict(fault))
            {
                Thread.Sleep(Random.Shared.Next(tries * 5)); // else the same two may meet again
            }
            catch (Exception fault) when (tries == 1 && Trouble is null && PostgresFaults.IsLost(fault))
            {
                // Nothing was committed: the fault came before, or the server has said so.
            }
            catch (Exception fault)
            {
                NoteTrouble(fault);
                if (BusyException.Or(fault) is BusyException busy)
                    throw busy;
                throw;
            }
        }
    }

    private T WriteOnce<T>(Func<DbConnection, T> work, WriteScope scope, Action<BusyException> whenLate)
    {
        using var pooled = _pool.Open();
        var connection = pooled.Connection;
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        using var write = new PostgresWrite(connection, scope);
        var answer = work(write);
        var began = Stopwatch.GetTimestamp();
        write.Commit(_pool, whenLate);
        _metrics.CommittedSince(began);
        return answer;
    }

    /// <summary>Where only writes are refused, one is let through each second: its success ends the outage.</summary>
    private void ThrowIfOut(bool isWrite)
    {
        if (Volatile.Read(ref _outage) is not { } outage || (!outage.ReadsToo && !isWrite))
            return;
        var tried = Interlocked.Read(ref _tried);
        var isDue = !outage.ReadsToo && Stopwatch.GetElapsedTime(tried) > BetweenTries;
        if (!isDue || Interlocked.CompareExchange(ref _tried, Stopwatch.GetTimestamp(), tried) != tried)
            throw new BusyException(outage.Why);
    }

    public override void Dispose()
    {
        _metrics.Dispose();
        _pool.Dispose();
        _places.Dispose();
        _alone.Dispose();
    }
}
