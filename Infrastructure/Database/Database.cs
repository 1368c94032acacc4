using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>Which other writes may run at the same time. SQLite writes one at a time, whatever is asked for.</summary>
public enum WriteScope
{
    /// <summary>No other write of this scope, on any node: what the work has read, no other such write changes before it commits.</summary>
    Alone,

    /// <summary>
    /// Any others: the work locks the order that it changes. A checkout locks nothing, so an order may still be placed in the moment in
    /// which its store is paused.
    /// </summary>
    SideBySide,
}

/// <summary>
/// The one database that holds everything: an SQLite file, or PostgreSQL where the settings name one. Reads see what was committed last;
/// all writes go through <see cref="WriteAsync{T}"/>.
/// </summary>
public abstract class Database : IDisposable
{
    /// <summary>
    /// Raised after each commit, on the thread that committed: handlers only take note. On PostgreSQL also after the commits of other
    /// nodes, and now and then without any.
    /// </summary>
    public abstract event Action? Committed;

    /// <summary>
    /// What it is called in messages to the operator: the file's full path, or the server and the database. Never a password.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>What keeps the database from taking writes, as a sentence for the operator; null where all is well.</summary>
    public abstract string? Trouble { get; }

    /// <summary>
    /// Whether this process does what must be done once: deliveries, reminders, nightly work. Of several nodes one does; another takes
    /// over within seconds of its end.
    /// </summary>
    internal virtual bool OwnsBackgroundWork => true;

    /// <summary>
    /// Runs <paramref name="work"/> in a write transaction and answers once its commit is on disk. An exception undoes what the work
    /// wrote and reaches the caller. On PostgreSQL the work may be run again from its beginning, where another write was in its way or
    /// the connection was lost: it changes nothing but the database, and lets the database's faults pass.
    /// </summary>
    /// <exception cref="BusyException">
    /// Too many writes wait already, or the database cannot take a write now; or, where its sentence says so, it is not known whether
    /// it did.
    /// </exception>
    public abstract Task<T> WriteAsync<T>(Func<DbConnection, T> work, WriteScope scope = WriteScope.Alone);

    /// <summary>Runs <paramref name="query"/> without a transaction; each of its statements sees the last commit, whole.</summary>
    /// <exception cref="BusyException">The PostgreSQL server is away.</exception>
    /// <exception cref="DbException">The database cannot be read; <see cref="BusyException.Or"/> tells whether that may pass.</exception>
    public abstract T Read<T>(Func<DbConnection, T> query);

    /// <summary>Checks and migrates the database, before anything else uses it.</summary>
    /// <exception cref="UnusableException">The server must not start on it; the message says why.</exception>
    internal abstract void Prepare(Settings settings, TimeProvider clock, ILogger log);

    /// <summary>Removes what was erased from the write-ahead log of a file.</summary>
    /// <returns>Whether it is gone; not where a reader still needs it.</returns>
    internal abstract bool TryEmptyLog();

    public abstract void Dispose();
}
