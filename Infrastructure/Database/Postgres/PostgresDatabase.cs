using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Npgsql;

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

    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _places = new(WritersAtOnce);
    private readonly WriteMetrics _metrics;
    private readonly int _mostWaiting;
    private int _waiting;
    private string? _trouble;

    /// <param name="settings">Where the server is.</param>
    public PostgresDatabase(Settings settings)
    {
        var connection = PostgresSource.Read(settings.Database!);
        _mostWaiting = settings.WriteQueue;
        Name = PostgresSource.NameOf(connection);
        ConnectionString = connection.ToString();
        _source = NpgsqlDataSource.Create(connection);
        _metrics = new(() => Volatile.Read(ref _waiting), () => Trouble);
        // Reads wait for the server on the thread that asks: the pool must not grow by one thread a second when many come at once.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * connection.MaxPoolSize), ports);
    }

    public override event Action? Committed;

    public override string Name { get; }

    /// <summary>With the password: never for a message.</summary>
    internal string ConnectionString { get; }

    public override string? Trouble => Volatile.Read(ref _trouble);

    internal override bool OwnsBackgroundWork => Ownership?.IsHeld ?? false;

    /// <summary>Whether this node does the background work of all; set once the server runs.</summary>
    internal PostgresOwnership? Ownership { get; set; }

    public override async Task<T> WriteAsync<T>(Func<DbConnection, T> work, WriteScope scope = WriteScope.Alone)
    {
        ThrowIfTroubled();
        if (Interlocked.Increment(ref _waiting) > _mostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException("Too many writes are waiting.");
        }
        var asked = Stopwatch.GetTimestamp();
        bool hasPlace;
        try
        {
            hasPlace = await _places.WaitAsync(Patience);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        if (!hasPlace)
            throw new BusyException("The write waited too long for its turn.");
        try
        {
            _metrics.WaitedSince(asked);
            return await Task.Run(() => WriteWithRetries(work, scope));
        }
        finally
        {
            _places.Release();
        }
    }

    public override T Read<T>(Func<DbConnection, T> query)
    {
        ThrowIfTroubled();
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var connection = _source.OpenConnection();
                return Served(query(connection));
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

    /// <summary>The server answers.</summary>
    internal void NoteServed() => Volatile.Write(ref _trouble, null);

    /// <summary>The fault may be an outage. While there is one, callers are refused at once; who watches the server ends it.</summary>
    internal void NoteTrouble(Exception fault)
    {
        if (PostgresFaults.TroubleOf(fault) is not { } trouble)
            return;
        Volatile.Write(ref _trouble, trouble);
        _source.Clear(); // connections that the pool still holds are most likely lost too
    }

    /// <summary>Raised after a commit of this node, for those who tell the other nodes.</summary>
    internal event Action? CommittedHere;

    private T WriteWithRetries<T>(Func<DbConnection, T> work, WriteScope scope)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var answer = WriteOnce(work, scope);
                CommittedHere?.Invoke();
                Committed?.Invoke();
                return Served(answer);
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

    private T WriteOnce<T>(Func<DbConnection, T> work, WriteScope scope)
    {
        using var connection = _source.OpenConnection();
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        var begun = BegunTransaction.Of(connection, scope);
        var answer = work(connection);
        var began = Stopwatch.GetTimestamp();
        begun.Commit(connection, _source);
        _metrics.CommittedSince(began);
        return answer;
    }

    private T Served<T>(T answer)
    {
        if (Trouble is not null)
            NoteServed();
        return answer;
    }

    private void ThrowIfTroubled()
    {
        if (Trouble is { } trouble)
            throw new BusyException(trouble);
    }

    public override void Dispose()
    {
        _metrics.Dispose();
        _source.Dispose();
        _places.Dispose();
    }
}
