using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The connections that a node works with. Npgsql waits without end for a server that accepts a new connection and then says nothing, as
/// behind a line that is cut. So a new one is made on a thread that can be left behind. Its asynchronous way could be given up, but makes
/// each later read of that connection slower.
/// </summary>
internal sealed class PostgresPool(NpgsqlConnectionStringBuilder settings) : IDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(settings);
    private int _inUse;
    private int _made; // about as many as the pool holds

    /// <summary>A connection, which goes back when it is disposed of.</summary>
    /// <exception cref="NpgsqlException">There is none within <see cref="PostgresSource.Patience"/>.</exception>
    public Pooled Open()
    {
        var needed = Interlocked.Increment(ref _inUse);
        try
        {
            if (needed <= Volatile.Read(ref _made))
                return new(this, _source.OpenConnection());
            var connection = OpenNew();
            Volatile.Write(ref _made, Math.Max(needed, Volatile.Read(ref _made)));
            return new(this, connection);
        }
        catch
        {
            Interlocked.Decrement(ref _inUse);
            Volatile.Write(ref _made, 0);
            throw;
        }
    }

    /// <summary>Forgets those that nobody uses: they are lost, or lead to the wrong server.</summary>
    public void Clear()
    {
        Volatile.Write(ref _made, 0);
        _source.Clear();
    }

    private NpgsqlConnection OpenNew()
    {
        var opening = Task.Factory.StartNew(
            _source.OpenConnection, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // A full pool says so before.
        if (Task.WaitAny([opening], PostgresSource.Patience + TimeSpan.FromSeconds(1)) == 0)
            return opening.GetAwaiter().GetResult();
        opening.ContinueWith(late => late.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
        throw PostgresFaults.NoAnswer();
    }

    public void Dispose() => _source.Dispose();

    /// <summary>One of the pool's connections, while it is in use.</summary>
    internal readonly struct Pooled(PostgresPool pool, NpgsqlConnection connection) : IDisposable
    {
        public NpgsqlConnection Connection => connection;

        public void Dispose()
        {
            // One that was lost is not in the pool any more: whether others were, too, is not known.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Broken))
                Volatile.Write(ref pool._made, 0);
            connection.Dispose();
            Interlocked.Decrement(ref pool._inUse);
        }
    }
}
